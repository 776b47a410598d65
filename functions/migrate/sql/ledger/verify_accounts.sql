-- Each account: as many balance rows as it has stripes, numbered from 0, all in the same state. A wallet's rows have
-- floors: the first its credit limit's, 10^15 below nothing at most, the others 0; ours have none. A closed wallet has
-- nothing and holds nothing, and nothing is on its way to it.
CREATE OR REPLACE FUNCTION ledger.verify_accounts() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH spread AS MATERIALIZED (
        SELECT b.account_id, count(*) AS rows, min(b.stripe) AS first, max(b.stripe) AS last,
               count(DISTINCT b.state) AS states, string_agg(DISTINCT b.state, ', ') AS names,
               sum(b.posted_minor) AS posted, sum(b.held_minor) AS held
          FROM ledger.balance b GROUP BY b.account_id
    )
    SELECT 'stripes', a.id::text, NULL::smallint, NULL::text, a.stripes || ' rows from 0',
           coalesce(s.rows || ' rows from ' || s.first || ' to ' || s.last, 'none')
      FROM ledger.account a LEFT JOIN spread s ON s.account_id = a.id
     WHERE (s.rows, s.first, s.last) IS DISTINCT FROM (a.stripes, 0, a.stripes - 1)
    UNION ALL
    SELECT 'state', s.account_id::text, NULL::smallint, NULL::text, 'one state', s.names
      FROM spread s WHERE s.states > 1
    UNION ALL
    SELECT 'bounds', b.account_id::text, b.stripe, NULL::text,
           CASE WHEN a.kind <> 'wallet' THEN 'no floor' WHEN b.stripe > 0 THEN 'a floor of 0'
                ELSE 'a floor from -1000000000000000 to 0' END, coalesce(b.floor_minor::text, 'no floor')
      FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id
     WHERE CASE WHEN a.kind <> 'wallet' THEN b.floor_minor IS NOT NULL
                ELSE b.floor_minor IS NULL
                     OR b.floor_minor NOT BETWEEN CASE b.stripe WHEN 0 THEN -1000000000000000 ELSE 0 END AND 0 END
    UNION ALL
    SELECT 'closed', s.account_id::text, NULL::smallint, NULL::text, 'nothing', concat_ws(', ', s.posted || ' posted',
           s.held || ' held', promised.found)
      FROM spread s
     CROSS JOIN LATERAL (
           SELECT string_agg(p.found, ', ') AS found
             FROM (SELECT 'held for it by ' || h.transaction_id FROM ledger.hold h
                    WHERE h.target_account_id = s.account_id AND h.state = 'open'
                   UNION ALL
                   SELECT 'expected by ' || c.subject FROM ledger.expected_credit c
                    WHERE c.account_id = s.account_id) p (found)) promised
     WHERE s.names = 'closed' AND (s.posted <> 0 OR s.held <> 0 OR promised.found IS NOT NULL);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_accounts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_accounts() TO app_job;
