-- Each external id names a transaction that exists.
CREATE OR REPLACE FUNCTION ledger.verify_external_ids() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT 'external_id_without_transaction', NULL::text, NULL::smallint, x.transaction_id::text, 'a transaction', 'none'
      FROM ledger.external_id x
     WHERE NOT EXISTS (SELECT FROM ledger.transaction t WHERE t.id = x.transaction_id);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_external_ids() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_external_ids() TO app_job;
