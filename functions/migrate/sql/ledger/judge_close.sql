-- Whether a wallet whose rows are all locked can be closed: null, or the refusal.
CREATE OR REPLACE FUNCTION ledger.judge_close(purse ledger.purse, heir ledger.purse, sweep_to text, amount bigint)
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF sweep_to = purse.account_id THEN
        RETURN '{"code": "same_wallet"}'::jsonb;
    ELSIF purse.state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', purse.account_id);
    ELSIF purse.state <> 'active' THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', purse.account_id);
    ELSIF amount < 0 OR (amount > 0 AND sweep_to IS NULL)
          OR EXISTS (SELECT FROM ledger.hold h WHERE h.source_account_id = purse.account_id AND h.state = 'open')
          OR EXISTS (SELECT FROM ledger.hold h WHERE h.target_account_id = purse.account_id AND h.state = 'open')
          OR EXISTS (SELECT FROM ledger.expected_credit c WHERE c.account_id = purse.account_id) THEN
        RETURN '{"code": "wallet_not_empty"}'::jsonb;
    ELSIF amount > 1000000000000000 THEN
        RETURN '{"code": "balance_out_of_range"}'::jsonb;
    ELSIF heir.currency <> purse.currency THEN
        RETURN '{"code": "currency_mismatch"}'::jsonb;
    ELSIF heir.state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', heir.account_id);
    ELSIF heir.state IN ('credit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', heir.account_id);
    ELSIF heir.posted_minor > ledger.balance_max(heir.stripes) - amount THEN
        RETURN '{"code": "balance_out_of_range"}'::jsonb;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_close(ledger.purse, ledger.purse, text, bigint) FROM PUBLIC;
