-- Spreads a hot wallet over more balance rows; never over fewer, since entries and holds name theirs. The money stays
-- on stripe 0 until credits find the others. Null, or the refusal: a stripe holds less than a whole wallet may.
--
-- Invariants: the stripes' rows sum to what the wallet has; the floor stays on stripe 0.
-- Locks the account; all rows of the wallet are locked. Afterwards `stripes` is never lower, the version is higher, and
-- the new rows have the wallet's state.
CREATE OR REPLACE FUNCTION ledger.stripe_account(purse ledger.purse, wanted smallint) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    IF purse.posted_minor > ledger.balance_max(wanted) THEN
        RETURN '{"code": "balance_out_of_range"}'::jsonb;
    END IF;
    INSERT INTO ledger.balance (account_id, stripe, state)
    SELECT purse.account_id, s, purse.state FROM generate_series(purse.stripes, wanted - 1) s;
    UPDATE ledger.account a SET stripes = greatest(a.stripes, wanted) WHERE a.id = purse.account_id;
    PERFORM ledger.write_state(purse.account_id, purse.state);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.stripe_account(ledger.purse, smallint) FROM PUBLIC;
