-- Each quote that was used names a conversion that exists.
CREATE OR REPLACE FUNCTION ledger.verify_quotes() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'quote_without_transaction', NULL::text, NULL::smallint, q.transaction_id::text, 'a conversion', 'none'
      FROM ledger.quote q
     WHERE q.transaction_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = q.transaction_id AND t.kind = 'conversion');
END $$;
REVOKE ALL ON FUNCTION ledger.verify_quotes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_quotes() TO app_job;
