-- Each idempotency key without an answer of its own names a transaction that exists.
CREATE OR REPLACE FUNCTION ledger.verify_keys() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'key_without_answer', NULL::text, NULL::smallint, k.transaction_id::text, 'an answer or a transaction',
           'key of ' || k.route || ' made at ' || ledger.rfc3339(k.created_at)
      FROM ledger.idempotency_key k
     WHERE k.answer IS NULL AND NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = k.transaction_id);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_keys() TO app_job;
