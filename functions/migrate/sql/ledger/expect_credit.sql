-- Says that money is on its way to a wallet from outside (a card is being charged): until ledger.end_expectation the
-- wallet cannot be closed. Null, or the refusal. A closing at the same moment waits, or was first.
--
-- Locks the wallet's first balance row, which a closing locks, too. Said again under the same subject, nothing changes.
-- Invariants: a wallet is not closed while money is expected for it; no balance and no version changes.
-- Refuses what is absent, closed, or frozen for credits.
CREATE OR REPLACE FUNCTION ledger.expect_credit(subject text, wallet_id text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    state text;
BEGIN
    SELECT b.state INTO state FROM ledger.balance b
     WHERE b.account_id = wallet_id AND b.stripe = 0 FOR NO KEY UPDATE;
    IF state IS NULL THEN
        RETURN '{"code": "wallet_not_found"}'::jsonb;
    ELSIF state = 'closed' THEN
        RETURN jsonb_build_object('code', 'wallet_closed', 'wallet_id', wallet_id);
    ELSIF state IN ('credit_frozen', 'frozen') THEN
        RETURN jsonb_build_object('code', 'wallet_frozen', 'wallet_id', wallet_id);
    END IF;
    INSERT INTO ledger.expected_credit (subject, account_id) VALUES (subject, wallet_id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.expect_credit(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.expect_credit(text, text) TO app_rw, app_job;
