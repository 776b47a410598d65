-- Whether the locked accounts allow the movement: null, or the refusal as {code, ...facts}.
-- 9 * 10^18 stays below what a bigint holds, so that no balance can overflow.
CREATE OR REPLACE FUNCTION ledger.judge(
    command jsonb, source ledger.account, target ledger.account, payer ledger.balance, payee ledger.balance
) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    amount   bigint := (command ->> 'amount')::bigint;
    currency text := command ->> 'currency';
    extreme  bigint := 9000000000000000000;
BEGIN
    IF source.id = target.id THEN
        RETURN '{"code": "same_wallet"}';
    ELSIF source.currency <> currency OR target.currency <> currency THEN
        RETURN '{"code": "currency_mismatch"}';
    ELSIF source.state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', source.id);
    ELSIF target.state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', target.id);
    ELSIF source.state IN ('debit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', source.id);
    ELSIF target.state IN ('credit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', target.id);
    ELSIF payer.posted_minor - payer.held_minor - amount < payer.floor_minor THEN
        RETURN jsonb_build_object('code', 'insufficient_funds', 'wallet_id', source.id,
            'short_by', payer.floor_minor - (payer.posted_minor - payer.held_minor - amount));
    ELSIF payee.posted_minor > extreme - amount OR payer.posted_minor < amount - extreme THEN
        RETURN '{"code": "balance_out_of_range"}';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge(jsonb, ledger.account, ledger.account, ledger.balance, ledger.balance)
    FROM PUBLIC;
