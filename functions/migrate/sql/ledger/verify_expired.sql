-- The statuses of the holds that expired since an instant: the one change of a status that no transaction tells.
CREATE OR REPLACE FUNCTION ledger.verify_expired(since timestamptz) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT b.invariant, b.account_id, b.stripe, b.id::text, b.expected, b.found
      FROM ledger.hold h JOIN ledger.broken_statuses() b ON b.id = h.transaction_id
     WHERE h.state = 'expired' AND h.ended_at >= since;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_expired(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_expired(timestamptz) TO app_job;
