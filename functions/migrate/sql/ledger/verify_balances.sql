-- Each balance row: what is held is what its open holds hold, and what is available is not below its floor.
CREATE OR REPLACE FUNCTION ledger.verify_balances(section ledger.section, whole boolean)
RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT broken.invariant, b.account_id::text, b.stripe, NULL::text, broken.expected, broken.found
      FROM ledger.opened_books(section, whole) o
      JOIN ledger.balance b ON b.account_id = o.account_id AND b.stripe = o.stripe
      CROSS JOIN LATERAL (
          SELECT coalesce(sum(h.remaining_minor), 0) AS minor FROM ledger.hold h
           WHERE h.source_account_id = b.account_id AND h.source_stripe = b.stripe AND h.state = 'open') held
      CROSS JOIN LATERAL (VALUES
          ('held', b.held_minor = held.minor, held.minor::text, b.held_minor::text),
          ('floor', coalesce(b.posted_minor - b.held_minor >= b.floor_minor, true), 'from ' || b.floor_minor,
           (b.posted_minor - b.held_minor)::text)) broken (invariant, holds, expected, found)
     WHERE NOT broken.holds;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_balances(ledger.section, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_balances(ledger.section, boolean) TO app_job;
