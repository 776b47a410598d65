-- Locks every balance row that the items can touch, in the order of accounts and stripes: of a striped one that pays
-- all stripes, of one that only gets money all, too, since an item's credit takes any.
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
END $$;
REVOKE ALL ON FUNCTION ledger.lock_for_bulk(jsonb) FROM PUBLIC;
