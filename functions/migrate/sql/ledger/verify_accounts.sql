-- Each account: as many balance rows as it has stripes, numbered from 0, all in the same state.
CREATE OR REPLACE FUNCTION ledger.verify_accounts() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH spread AS (
        SELECT b.account_id, count(*) AS rows, min(b.stripe) AS first, max(b.stripe) AS last,
               count(DISTINCT b.state) AS states, string_agg(DISTINCT b.state, ', ') AS names
          FROM ledger.balance b GROUP BY b.account_id
    )
    SELECT 'stripes', a.id::text, NULL::smallint, NULL::text, a.stripes || ' rows from 0',
           coalesce(s.rows || ' rows from ' || s.first || ' to ' || s.last, 'none')
      FROM ledger.account a LEFT JOIN spread s ON s.account_id = a.id
     WHERE (s.rows, s.first, s.last) IS DISTINCT FROM (a.stripes, 0, a.stripes - 1)
    UNION ALL
    SELECT 'state', s.account_id::text, NULL::smallint, NULL::text, 'one state', s.names
      FROM spread s WHERE s.states > 1;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_accounts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_accounts() TO app_job;
