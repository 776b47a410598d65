-- Stripes the wallets for which more than `waits_max` movements had to wait since the last look, and forgets the waits.
-- Says which.
CREATE OR REPLACE FUNCTION ledger.stripe_contended_accounts(waits_max integer, stripes smallint) RETURNS text[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    hot     text;
    striped text[] := '{}'::text[];
BEGIN
    FOR hot IN
        WITH seen AS (DELETE FROM ledger.contention RETURNING account_id)
        SELECT s.account_id FROM seen s JOIN ledger.account a ON a.id = s.account_id
         WHERE a.kind = 'wallet' AND a.stripes = 1
         GROUP BY s.account_id HAVING count(*) > waits_max ORDER BY s.account_id
    LOOP
        IF ledger.stripe_account(ledger.take_whole_purse(hot), stripes) IS NULL THEN
            striped := striped || hot;
        END IF;
    END LOOP;
    RETURN striped;
END $$;
REVOKE ALL ON FUNCTION ledger.stripe_contended_accounts(integer, smallint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.stripe_contended_accounts(integer, smallint) TO app_job;
