-- Both entries in one statement (the zero-sum check sees them together), then both balances.
CREATE OR REPLACE FUNCTION ledger.write_entries(
    command jsonb, payer ledger.balance, payee ledger.balance, instant timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    amount bigint := (command ->> 'amount')::bigint;
BEGIN
    INSERT INTO ledger.entry (transaction_id, account_id, stripe, version, amount_minor, currency,
                              balance_after, posted_at)
    VALUES (command ->> 'transaction_id', payer.account_id, payer.stripe, payer.version + 1, -amount,
            command ->> 'currency', payer.posted_minor - amount, instant),
           (command ->> 'transaction_id', payee.account_id, payee.stripe, payee.version + 1, amount,
            command ->> 'currency', payee.posted_minor + amount, instant);
    UPDATE ledger.balance b SET posted_minor = b.posted_minor - amount, version = b.version + 1, posted_at = instant
     WHERE b.account_id = payer.account_id AND b.stripe = payer.stripe;
    UPDATE ledger.balance b SET posted_minor = b.posted_minor + amount, version = b.version + 1, posted_at = instant
     WHERE b.account_id = payee.account_id AND b.stripe = payee.stripe;
END $$;
REVOKE ALL ON FUNCTION ledger.write_entries(jsonb, ledger.balance, ledger.balance, timestamptz) FROM PUBLIC;
