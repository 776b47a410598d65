-- Brings to stripe 0 what the other stripes have beyond their holds; all are locked (ledger.take_whole_purse). The
-- entries are of one account and sum to zero: they keep each stripe's book true and concern nobody outside.
CREATE OR REPLACE FUNCTION ledger.gather(transaction_id text, purse ledger.purse, instant timestamptz)
RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    gathered ledger.purse := purse;
BEGIN
    INSERT INTO ledger.entry (transaction_id, account_id, stripe, version, amount_minor, currency,
                              balance_after, gathers, posted_at)
    SELECT gather.transaction_id, b.account_id, b.stripe, b.version + 1,
           CASE WHEN b.stripe = 0 THEN purse.spare_minor ELSE b.held_minor - b.posted_minor END, purse.currency,
           CASE WHEN b.stripe = 0 THEN b.posted_minor + purse.spare_minor ELSE b.held_minor END, true, instant
      FROM ledger.balance b
     WHERE b.account_id = purse.account_id AND (b.stripe = 0 OR b.posted_minor > b.held_minor);
    UPDATE ledger.balance b
       SET posted_minor = CASE WHEN b.stripe = 0 THEN b.posted_minor + purse.spare_minor ELSE b.held_minor END,
           version = b.version + 1, posted_at = instant
     WHERE b.account_id = purse.account_id AND (b.stripe = 0 OR b.posted_minor > b.held_minor);
    gathered.posted_minor := purse.posted_minor + purse.spare_minor;
    gathered.spare_minor := 0;
    gathered.version := purse.version + 1;
    RETURN gathered;
END $$;
REVOKE ALL ON FUNCTION ledger.gather(text, ledger.purse, timestamptz) FROM PUBLIC;
