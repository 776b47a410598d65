-- Each idempotency key without an answer of its own names a transaction that exists, that its own request has made, and
-- that no other key names: whoever repeats the request is told what became of it.
CREATE OR REPLACE FUNCTION ledger.verify_keys() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT CASE WHEN t.id IS NULL THEN 'key_without_answer' ELSE 'key_of_another' END, NULL::text, NULL::smallint,
           k.transaction_id::text, CASE WHEN t.id IS NULL THEN 'an answer or a transaction'
                                        ELSE 'made by ' || k.request_id END,
           'key of ' || k.route || ' made at ' || ledger.rfc3339(k.created_at)
      FROM ledger.idempotency_key k LEFT JOIN ledger.transaction t ON t.id = k.transaction_id
     WHERE k.answer IS NULL AND t.request_id IS DISTINCT FROM k.request_id
    UNION ALL
    SELECT 'key_of_another', NULL::text, NULL::smallint, k.transaction_id::text, 'one key', count(*) || ' keys'
      FROM ledger.idempotency_key k WHERE k.answer IS NULL GROUP BY k.transaction_id HAVING count(*) > 1;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_keys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_keys() TO app_job;
