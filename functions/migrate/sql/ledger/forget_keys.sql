-- Removes up to `batch_max` of each kind of idempotency keys whose life of 30 days is over; says how many. A row that
-- somebody has locked is left for the next time: nobody waits for this, and this for nobody.
CREATE OR REPLACE FUNCTION ledger.forget_keys(batch_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    born_before timestamptz := clock_timestamp() - interval '30 days';
    removed     integer;
    answers     integer;
BEGIN
    DELETE FROM ledger.idempotency_key k
     WHERE k.ctid = ANY (ARRAY(SELECT o.ctid FROM ledger.idempotency_key o WHERE o.created_at < born_before
                                LIMIT batch_max FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM ledger.stored_answer a
     WHERE a.ctid = ANY (ARRAY(SELECT o.ctid FROM ledger.stored_answer o WHERE o.created_at < born_before
                                LIMIT batch_max FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS answers = ROW_COUNT;
    RETURN removed + answers;
END $$;
REVOKE ALL ON FUNCTION ledger.forget_keys(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.forget_keys(integer) TO app_job;
