-- Closes an empty wallet for good: null, or the refusal. A credit that comes at the same moment waits for the lock
-- and then meets a closed wallet, or was first and the wallet is not empty.
CREATE OR REPLACE FUNCTION ledger.close_wallet(wallet_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    purse ledger.balance;
    state text;
BEGIN
    SELECT * INTO purse FROM ledger.balance b WHERE b.account_id = wallet_id AND b.stripe = 0 FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN '{"code": "wallet_not_found"}';
    END IF;
    SELECT a.state INTO STRICT state FROM ledger.account a WHERE a.id = wallet_id;
    IF state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', wallet_id);
    ELSIF state <> 'active' THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', wallet_id);
    ELSIF purse.posted_minor <> 0 OR purse.held_minor <> 0 THEN
        RETURN '{"code": "wallet_not_empty"}';
    END IF;
    UPDATE ledger.account a SET state = 'closed' WHERE a.id = wallet_id;
    UPDATE ledger.balance b SET version = b.version + 1 WHERE b.account_id = wallet_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.close_wallet(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.close_wallet(text) TO app_rw, app_job;
