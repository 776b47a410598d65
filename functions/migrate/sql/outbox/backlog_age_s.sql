-- For how many seconds the event that `depth` others go before has waited for the relay; 0 where the queue is shorter.
-- So one event that cannot leave, whose key waits behind it, is no backlog.
CREATE OR REPLACE FUNCTION outbox.backlog_age_s(depth integer) RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(
        extract(epoch FROM clock_timestamp() - (
            SELECT event.created_at FROM outbox.event WHERE event.published_at IS NULL
             ORDER BY event.id, event.event_id OFFSET depth LIMIT 1
        )), 0)::double precision
$$;
REVOKE ALL ON FUNCTION outbox.backlog_age_s(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox.backlog_age_s(integer) TO app_rw, app_job;
