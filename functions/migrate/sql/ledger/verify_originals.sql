-- The statuses that the transactions after one id up to another have changed: of what they capture, end or bring back,
-- where that is older than all of them. For a verification that does not look at everything.
CREATE OR REPLACE FUNCTION ledger.verify_originals(after_id text, upto_id text) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT b.invariant, b.account_id, b.stripe, b.id::text, b.expected, b.found
      FROM (SELECT DISTINCT t.original_id FROM ledger.transaction t
             WHERE t.id > after_id AND t.id <= upto_id AND t.original_id <= after_id) older
      JOIN ledger.broken_statuses() b ON b.id = older.original_id;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_originals(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_originals(text, text) TO app_job;
