-- Locks every balance row that the items can touch, in the order of accounts and stripes: of a striped one that pays
-- all stripes, of one that only gets money all, too, since an item's credit takes any. Then the counters of those who
-- pay, in the order of their owners and currencies.
CREATE OR REPLACE FUNCTION ledger.lock_for_bulk(items jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM ledger.balance b
      WHERE b.account_id IN (
          SELECT ledger.account_of(side, i.item ->> 'currency')
            FROM jsonb_array_elements(items) i (item),
                 LATERAL (SELECT i.item -> 'source' UNION ALL SELECT i.item -> 'target'
                          UNION ALL SELECT jsonb_array_elements(i.item -> 'targets')) s (side)
           WHERE s.side IS NOT NULL AND s.side <> 'null')
      ORDER BY b.account_id, b.stripe FOR NO KEY UPDATE;
    INSERT INTO ledger.spending (owner_id, currency, hour, hour_count, day, day_minor, month, month_minor)
    SELECT DISTINCT a.owner_id, a.currency, '-infinity'::timestamptz, 0, '-infinity'::date, 0, '-infinity'::date, 0
      FROM jsonb_array_elements(items) i (item)
      JOIN ledger.account a ON a.id = i.item #>> '{source,wallet_id}'
      JOIN ledger.spending_limit l ON l.role = ANY (ledger.limit_roles(i.item)) AND l.currency = a.currency::bpchar
     ORDER BY a.owner_id, a.currency ON CONFLICT DO NOTHING;
    PERFORM FROM ledger.spending s
      WHERE (s.owner_id, s.currency) IN (
          SELECT a.owner_id, a.currency::bpchar FROM jsonb_array_elements(items) i (item)
            JOIN ledger.account a ON a.id = i.item #>> '{source,wallet_id}'
            JOIN ledger.spending_limit l ON l.role = ANY (ledger.limit_roles(i.item)) AND l.currency = a.currency::bpchar)
      ORDER BY s.owner_id, s.currency FOR NO KEY UPDATE;
END $$;
REVOKE ALL ON FUNCTION ledger.lock_for_bulk(jsonb) FROM PUBLIC;
