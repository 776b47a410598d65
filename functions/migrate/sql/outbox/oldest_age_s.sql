-- For how many seconds the oldest event has waited for the relay; 0 where none waits. The API may not read the outbox.
CREATE OR REPLACE FUNCTION outbox.oldest_age_s() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS $$
    SELECT coalesce(
        extract(epoch FROM clock_timestamp() - (
            SELECT event.created_at FROM outbox.event WHERE event.published_at IS NULL
             ORDER BY event.id, event.event_id LIMIT 1
        )), 0)::double precision
$$;
REVOKE ALL ON FUNCTION outbox.oldest_age_s() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox.oldest_age_s() TO app_rw, app_job;
