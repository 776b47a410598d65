-- Removes up to `batch_max` events that were staged and published more than 7 days ago; says how many. What is not
-- published stays, however old. An id is its staging in microseconds: the oldest are found by the primary key.
CREATE OR REPLACE FUNCTION outbox.forget_published(batch_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    before  timestamptz := clock_timestamp() - interval '7 days';
    removed integer;
BEGIN
    DELETE FROM outbox.event e USING (
        SELECT o.id, o.event_id FROM outbox.event o
         WHERE o.id < (extract(epoch FROM before) * 1000000)::bigint AND o.published_at < before
         ORDER BY o.id, o.event_id LIMIT batch_max FOR UPDATE SKIP LOCKED) old
     WHERE e.id = old.id AND e.event_id = old.event_id;
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
REVOKE ALL ON FUNCTION outbox.forget_published(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox.forget_published(integer) TO app_job;
