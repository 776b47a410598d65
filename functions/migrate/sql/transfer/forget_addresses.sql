-- Forgets, up to `batch_max` of each, to which addresses money was sent that does not wait any more, two weeks after it was sent
-- (it waits for one), and which unknown ones somebody looked for before today, UTC; says how many. A row that somebody has
-- locked is left for the next time, as in ledger.forget_keys.
CREATE OR REPLACE FUNCTION transfer.forget_addresses(batch_max integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    sent_before timestamptz := clock_timestamp() - interval '14 days';
    today       date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    removed     integer;
    looks       integer;
BEGIN
    DELETE FROM transfer.unclaimed u
     WHERE u.ctid = ANY (ARRAY(SELECT o.ctid FROM transfer.unclaimed o
                                 JOIN ledger.hold h ON h.transaction_id = o.transaction_id
                                WHERE o.created_at < sent_before AND h.state <> 'open'
                                ORDER BY o.created_at LIMIT batch_max FOR UPDATE OF o SKIP LOCKED));
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM transfer.new_address a
     WHERE a.ctid = ANY (ARRAY(SELECT o.ctid FROM transfer.new_address o WHERE o.day < today
                                LIMIT batch_max FOR UPDATE SKIP LOCKED));
    GET DIAGNOSTICS looks = ROW_COUNT;
    RETURN removed + looks;
END $$;
REVOKE ALL ON FUNCTION transfer.forget_addresses(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfer.forget_addresses(integer) TO app_job;
