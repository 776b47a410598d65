-- One of our own accounts in a currency, made when it is first needed: unbounded (its floor is null, it mirrors the
-- outside world) and striped, since everybody's top-ups meet there.
CREATE OR REPLACE FUNCTION ledger.open_system_account(wanted text, wanted_kind text, wanted_currency text)
RETURNS ledger.account
LANGUAGE plpgsql AS $$
DECLARE
    account ledger.account;
BEGIN
    INSERT INTO ledger.account (id, kind, currency, stripes) VALUES (wanted, wanted_kind, wanted_currency, 16)
    ON CONFLICT DO NOTHING;
    INSERT INTO ledger.balance (account_id, stripe, floor_minor)
    SELECT wanted, s, NULL FROM generate_series(0, 15) s ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT account FROM ledger.account a WHERE a.id = wanted;
    RETURN account;
END $$;
REVOKE ALL ON FUNCTION ledger.open_system_account(text, text, text) FROM PUBLIC;
