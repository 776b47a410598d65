-- Whether both wallets of a conversion, the first and the last of the purses, allow it: each is judged in its own
-- currency, the payer first. The payee's range comes last.
CREATE OR REPLACE FUNCTION ledger.judge_conversion(command jsonb, quote ledger.quote, purses ledger.purse[])
RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    payee   ledger.purse := purses[cardinality(purses)];
    refusal jsonb;
BEGIN
    IF (purses[1]).currency <> quote.source_currency OR payee.currency <> quote.target_currency THEN
        RETURN '{"code": "currency_mismatch"}'::jsonb;
    ELSIF (purses[1]).state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', (purses[1]).account_id);
    ELSIF payee.state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', payee.account_id);
    ELSIF (purses[1]).state IN ('debit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', (purses[1]).account_id);
    ELSIF payee.state IN ('credit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', payee.account_id);
    END IF;
    refusal := ledger.judge(command, purses[1:1], ARRAY[-quote.source_amount_minor]);
    IF refusal IS NULL AND payee.posted_minor > ledger.balance_max(payee.stripes) - quote.target_amount_minor THEN
        RETURN '{"code": "balance_out_of_range"}'::jsonb;
    END IF;
    RETURN refusal;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_conversion(jsonb, ledger.quote, ledger.purse[]) FROM PUBLIC;
