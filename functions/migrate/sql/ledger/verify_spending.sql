-- Nobody's counter of this day or month (UTC) tells more than the person has spent since it began. It may tell less: what
-- an admin spends, and what was spent before there was a limit, is not counted. An attempt leaves nothing that could be
-- counted again. A minute is more than a movement waits between its request and the count of it.
CREATE OR REPLACE FUNCTION ledger.verify_spending() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
DECLARE
    utc        timestamp := clock_timestamp() AT TIME ZONE 'UTC';
    today      date := utc::date;
    this_month date := date_trunc('month', utc)::date;
BEGIN
    RETURN QUERY
    WITH period AS (
        SELECT s.owner_id, s.currency, 'spending_of_day' AS invariant, s.day_minor AS counted, today AS begins
          FROM ledger.spending s WHERE s.day = today
        UNION ALL
        SELECT s.owner_id, s.currency, 'spending_of_month', s.month_minor, this_month
          FROM ledger.spending s WHERE s.month = this_month
    )
    SELECT p.invariant, NULL::text, NULL::smallint, NULL::text,
           format('at most %s %s by %s', coalesce(spent.minor, 0), p.currency, p.owner_id), p.counted::text
      FROM period p
     CROSS JOIN LATERAL (
           SELECT sum(t.amount_minor) AS minor FROM ledger.transaction t
            WHERE t.source_owner_id = p.owner_id AND t.currency = p.currency AND t.status <> 'failed'
              AND t.kind IN ('transfer', 'hold', 'conversion')
              AND t.id >= ledger.first_id('tx', p.begins::timestamp AT TIME ZONE 'UTC' - interval '1 hour')
              AND t.requested_at >= p.begins::timestamp AT TIME ZONE 'UTC' - interval '1 minute') spent
     WHERE p.counted > coalesce(spent.minor, 0);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_spending() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_spending() TO app_job;
