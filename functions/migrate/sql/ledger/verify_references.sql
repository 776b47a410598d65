-- Whatever names a transaction names one that exists: holds, keys without an answer of their own, external ids, quotes.
-- And the balances of each currency sum to zero: all money came from somewhere.
CREATE OR REPLACE FUNCTION ledger.verify_references() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'hold_without_transaction', h.source_account_id::text, h.source_stripe, h.transaction_id::text,
           'a transaction', 'none'
      FROM ledger.hold h
     WHERE NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = h.transaction_id)
    UNION ALL
    SELECT 'hold_without_balance', h.source_account_id::text, h.source_stripe, h.transaction_id::text,
           'a balance row', 'none'
      FROM ledger.hold h
     WHERE NOT EXISTS (SELECT FROM ledger.balance b
                        WHERE b.account_id = h.source_account_id AND b.stripe = h.source_stripe)
    UNION ALL
    SELECT 'key_without_answer', NULL::text, NULL::smallint, k.transaction_id::text, 'an answer or a transaction',
           'key of ' || k.route || ' made at ' || ledger.rfc3339(k.created_at)
      FROM ledger.idempotency_key k
     WHERE k.answer IS NULL AND NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = k.transaction_id)
    UNION ALL
    SELECT 'external_id_without_transaction', NULL::text, NULL::smallint, x.transaction_id::text, 'a transaction', 'none'
      FROM ledger.external_id x
     WHERE NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = x.transaction_id)
    UNION ALL
    SELECT 'quote_without_transaction', NULL::text, NULL::smallint, q.transaction_id::text, 'a conversion', 'none'
      FROM ledger.quote q
     WHERE q.transaction_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = q.transaction_id AND t.kind = 'conversion')
    UNION ALL
    SELECT 'balance_sum', NULL::text, NULL::smallint, NULL::text, '0 ' || a.currency, sum(b.posted_minor)::text
      FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id
     GROUP BY a.currency HAVING sum(b.posted_minor) <> 0;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_references() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_references() TO app_job;
