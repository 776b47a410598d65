-- The balances of each currency sum to zero: all money came from somewhere.
CREATE OR REPLACE FUNCTION ledger.verify_sums() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'balance_sum', NULL::text, NULL::smallint, NULL::text, '0 ' || a.currency, sum(b.posted_minor)::text
      FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id
     GROUP BY a.currency HAVING sum(b.posted_minor) <> 0;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_sums() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_sums() TO app_job;
