-- The account id that a side names: a wallet's own, or that of one of our own accounts in a currency.
CREATE OR REPLACE FUNCTION ledger.account_of(side jsonb, currency text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN coalesce(side ->> 'wallet_id', 'sys_' || (side ->> 'system') || '_' || lower(coalesce(side ->> 'currency', currency)));
END $$;
REVOKE ALL ON FUNCTION ledger.account_of(jsonb, text) FROM PUBLIC;
