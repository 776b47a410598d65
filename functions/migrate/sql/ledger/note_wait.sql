-- Notes that money waited for a wallet, which is how hot wallets are found (ledger.stripe_contended_accounts): what is
-- refused, or asks for another's wallet, is nobody's business and leaves no note. A table without a key: nobody waits.
--
-- Locks and refuses nothing: the purse was waited for, and its money moves in this commit.
CREATE OR REPLACE FUNCTION ledger.note_wait(purse ledger.purse) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.contention (account_id) VALUES (purse.account_id);
END $$;
REVOKE ALL ON FUNCTION ledger.note_wait(ledger.purse) FROM PUBLIC;
