-- What a movement brought together on stripe 0 of a wallet is what it took from its other stripes.
CREATE OR REPLACE FUNCTION ledger.verify_gatherings() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'gathering', e.account_id::text, NULL::smallint, e.transaction_id::text, '0', sum(e.amount_minor)::text
      FROM ledger.account a JOIN ledger.entry e ON e.account_id = a.id
     WHERE a.kind = 'wallet' AND a.stripes > 1 AND e.gathers
     GROUP BY e.account_id, e.transaction_id HAVING sum(e.amount_minor) <> 0;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_gatherings() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_gatherings() TO app_job;
