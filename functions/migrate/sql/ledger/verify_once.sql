-- What the transactions after one id up to another have used, which can be used once: a conversion its quote, and
-- whatever has an external id, that id. Each is noted as used by this very transaction: else it could be used again.
-- LIMIT 1 keeps to the keys, transaction by transaction.
CREATE OR REPLACE FUNCTION ledger.verify_once(after_id text, upto_id text) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'quote', t.source_account_id::text, NULL::smallint, t.id::text, 'a quote that it used',
           coalesce(used.found, 'no quote')
      FROM ledger.transaction t
      LEFT JOIN LATERAL (
           SELECT q.transaction_id, coalesce('one used by ' || q.transaction_id, 'an unused one') AS found
             FROM ledger.quote q WHERE q.id = t.details #>> '{conversion,quote_id}' LIMIT 1) used ON true
     WHERE t.id > after_id AND t.id <= upto_id AND t.kind = 'conversion' AND t.status <> 'failed'
       AND used.transaction_id IS DISTINCT FROM t.id
    UNION ALL
    SELECT 'external_id', CASE WHEN t.source_owner_id IS NULL THEN t.target_account_id ELSE t.source_account_id END::text,
           NULL::smallint, t.id::text, 'its external id', coalesce('that of ' || taken.transaction_id, 'none')
      FROM ledger.transaction t
      LEFT JOIN LATERAL (
           SELECT x.transaction_id FROM (SELECT coalesce(t.source_owner_id, t.target_owner_id)) AS o (owner_id)
             JOIN ledger.external_id x  -- that of funds may stand among the owner's, as once all did
               ON x.owner_id IN (o.owner_id, ledger.reference_owner(t.kind, o.owner_id))
            WHERE x.external_id = t.external_id COLLATE "C"
            ORDER BY x.transaction_id = t.id DESC LIMIT 1) taken ON true
     WHERE t.id > after_id AND t.id <= upto_id AND t.external_id IS NOT NULL AND t.status <> 'failed'
       AND taken.transaction_id IS DISTINCT FROM t.id;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_once(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_once(text, text) TO app_job;
