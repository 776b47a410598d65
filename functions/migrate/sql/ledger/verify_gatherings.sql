-- What a movement brought together on stripe 0 of a wallet is what it took from its other stripes: in the wallets of a
-- section, after one instant up to another.
CREATE OR REPLACE FUNCTION ledger.verify_gatherings(
    section ledger.section DEFAULT ROW('', 0, '~', 0)::ledger.section, after_at timestamptz DEFAULT '-infinity',
    upto_at timestamptz DEFAULT 'infinity'
) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'gathering', a.id::text, NULL::smallint, e.transaction_id::text, '0', sum(e.amount_minor)::text
      FROM ledger.opened_books(section, true) o
      JOIN ledger.account a ON a.id = o.account_id AND a.kind = 'wallet' AND a.stripes > 1
     CROSS JOIN LATERAL (
           SELECT i.transaction_id, i.amount_minor FROM ledger.entry i
            WHERE i.account_id = o.account_id AND i.stripe = o.stripe AND i.gathers
              AND i.posted_at > after_at AND i.posted_at <= upto_at OFFSET 0) e
     GROUP BY a.id, e.transaction_id HAVING sum(e.amount_minor) <> 0;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_gatherings(ledger.section, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_gatherings(ledger.section, timestamptz, timestamptz) TO app_job;
