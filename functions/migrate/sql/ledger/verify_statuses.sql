-- The transactions after one id up to another: their statuses.
CREATE OR REPLACE FUNCTION ledger.verify_statuses(after_id text, upto_id text) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT b.invariant, b.account_id, b.stripe, b.id::text, b.expected, b.found
      FROM ledger.broken_statuses() b WHERE b.id > after_id AND b.id <= upto_id;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_statuses(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_statuses(text, text) TO app_job;
