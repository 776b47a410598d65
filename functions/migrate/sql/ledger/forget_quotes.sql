-- Removes up to `batch_max` quotes that nobody used and that have been over for 30 days; says how many. A used one stays with
-- its conversion. A row that somebody has locked is left for the next time, as in ledger.forget_keys.
CREATE OR REPLACE FUNCTION ledger.forget_quotes(batch_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    removed integer;
BEGIN
    DELETE FROM ledger.quote q
     WHERE q.ctid = ANY (ARRAY(SELECT o.ctid FROM ledger.quote o
                                WHERE o.transaction_id IS NULL AND o.expires_at < clock_timestamp() - interval '30 days'
                                LIMIT batch_max FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS removed = ROW_COUNT;
    RETURN removed;
END $$;
REVOKE ALL ON FUNCTION ledger.forget_quotes(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.forget_quotes(integer) TO app_job;
