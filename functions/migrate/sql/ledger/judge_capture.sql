-- Whether a locked hold can be captured by `amount`: null, or the refusal. The hold's own clock decides, read after the
-- locks: an overdue hold is over, even if nobody has ended it yet.
CREATE OR REPLACE FUNCTION ledger.judge_capture(
    held ledger.hold, source ledger.purse, target ledger.purse, amount bigint
) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    IF held.state <> 'open' THEN
        RETURN jsonb_build_object('code', 'hold_ended', 'state', held.state);
    ELSIF held.expires_at <= clock_timestamp() THEN
        RETURN '{"code": "hold_ended", "state": "expired"}'::jsonb;
    ELSIF target.currency <> held.currency THEN
        RETURN '{"code": "currency_mismatch"}'::jsonb;
    ELSIF target.account_id = source.account_id THEN
        RETURN '{"code": "same_wallet"}'::jsonb;
    ELSIF target.state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', target.account_id);
    ELSIF source.state IN ('debit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', source.account_id);
    ELSIF target.state IN ('credit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', target.account_id);
    ELSIF amount > held.remaining_minor THEN
        RETURN jsonb_build_object('code', 'capture_exceeds_hold', 'remaining', held.remaining_minor);
    ELSIF target.posted_minor > ledger.balance_max(target.stripes) - amount THEN
        RETURN '{"code": "balance_out_of_range"}'::jsonb;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_capture(ledger.hold, ledger.purse, ledger.purse, bigint) FROM PUBLIC;
