-- A new wallet's account with its one balance row. The caller writes the wallet itself in the same commit.
CREATE OR REPLACE FUNCTION ledger.open_wallet(wallet_id text, owner_id text, currency text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.account (id, owner_id, kind, currency) VALUES (wallet_id, owner_id, 'wallet', currency);
    INSERT INTO ledger.balance (account_id) VALUES (wallet_id);
END $$;
REVOKE ALL ON FUNCTION ledger.open_wallet(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.open_wallet(text, text, text) TO app_rw, app_job;
