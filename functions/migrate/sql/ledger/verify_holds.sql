-- Each hold is of a transaction, and takes from a balance row that there is.
CREATE OR REPLACE FUNCTION ledger.verify_holds() RETURNS SETOF ledger.violation
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
                        WHERE b.account_id = h.source_account_id AND b.stripe = h.source_stripe);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_holds() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_holds() TO app_job;
