-- For how many seconds the event that `depth` others go before has waited for the relay; 0 where the queue is shorter.
-- Keys that wait behind an event that cannot leave are not in it: the relay notes them. A hundred at most, since of more
-- it is the relay that cannot.
CREATE OR REPLACE FUNCTION outbox.backlog_age_s(depth integer) RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(
        extract(epoch FROM clock_timestamp() - (
            SELECT event.created_at FROM outbox.event
             WHERE event.published_at IS NULL
               AND (event.topic || ' ' || event.partition_key) COLLATE "C" <> ALL (ARRAY(
                       SELECT stuck.topic || ' ' || stuck.partition_key FROM outbox.stuck_key AS stuck
                        WHERE stuck.until > statement_timestamp()
                        ORDER BY stuck.topic, stuck.partition_key LIMIT 100))
             ORDER BY event.id, event.event_id OFFSET depth LIMIT 1
        )), 0)::double precision
$$;
REVOKE ALL ON FUNCTION outbox.backlog_age_s(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox.backlog_age_s(integer) TO app_rw, app_job;
