-- The account behind one side of a command, or a row of nulls: absent and somebody else's look the same.
-- A system account of a currency is made when it is first needed; its floor is null.
CREATE OR REPLACE FUNCTION ledger.find_account(side jsonb, wanted_currency text) RETURNS ledger.account
LANGUAGE plpgsql AS $$
DECLARE
    found_account ledger.account;
    system_id     text;
BEGIN
    IF side ? 'wallet_id' THEN
        SELECT * INTO found_account FROM ledger.account a
         WHERE a.id = side ->> 'wallet_id' AND a.kind = 'wallet'
           AND (side ->> 'owned_by' IS NULL OR a.owner_id = side ->> 'owned_by');
        RETURN found_account;
    END IF;
    system_id := 'sys_' || (side ->> 'system') || '_' || lower(wanted_currency);
    SELECT * INTO found_account FROM ledger.account a WHERE a.id = system_id;
    IF NOT FOUND THEN
        INSERT INTO ledger.account (id, kind, currency) VALUES (system_id, side ->> 'system', wanted_currency)
        ON CONFLICT DO NOTHING;
        INSERT INTO ledger.balance (account_id, floor_minor) VALUES (system_id, NULL) ON CONFLICT DO NOTHING;
        SELECT * INTO STRICT found_account FROM ledger.account a WHERE a.id = system_id;
    END IF;
    RETURN found_account;
END $$;
REVOKE ALL ON FUNCTION ledger.find_account(jsonb, text) FROM PUBLIC;
