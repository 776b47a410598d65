-- The entries of a span of time, a partition's: each stands in the book of an account, and they sum to zero in each
-- currency, since all entries of a movement have one instant.
CREATE OR REPLACE FUNCTION ledger.verify_month(begin_at timestamptz, end_at timestamptz)
RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'entry_without_balance', e.account_id::text, e.stripe, e.transaction_id::text, 'a balance row', 'none'
      FROM ledger.entry e
     WHERE e.posted_at >= begin_at AND e.posted_at < end_at
       AND NOT EXISTS (SELECT FROM ledger.balance b WHERE b.account_id = e.account_id AND b.stripe = e.stripe)
    UNION ALL
    SELECT 'currency_sum', NULL::text, NULL::smallint, NULL::text, '0 ' || e.currency, sum(e.amount_minor)::text
      FROM ledger.entry e
     WHERE e.posted_at >= begin_at AND e.posted_at < end_at
     GROUP BY e.currency HAVING sum(e.amount_minor) <> 0;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_month(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_month(timestamptz, timestamptz) TO app_job;
