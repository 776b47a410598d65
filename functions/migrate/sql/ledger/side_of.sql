-- An account, named as the side of a command.
CREATE OR REPLACE FUNCTION ledger.side_of(account_id text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    account ledger.account;
BEGIN
    SELECT * INTO STRICT account FROM ledger.account a WHERE a.id = account_id;
    IF account.kind = 'wallet' THEN
        RETURN jsonb_build_object('wallet_id', account.id);
    END IF;
    RETURN jsonb_build_object('system', account.kind, 'currency', account.currency);
END $$;
REVOKE ALL ON FUNCTION ledger.side_of(text) FROM PUBLIC;
