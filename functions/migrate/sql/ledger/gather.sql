-- Brings to stripe 0 what the other stripes have beyond their holds, stripe by stripe; all are locked
-- (ledger.take_whole_purse). It brings 10^15 minor units at most: that is as much as one entry may tell, and always
-- enough, since no movement takes more, no credit limit is larger, and stripe 0 is never below its floor. The entries
-- are of one account and sum to zero: they keep each stripe's book true and concern nobody outside.
--
-- Locks and refuses nothing.
-- Invariants: the account's sum stays; no stripe falls below what it holds; each row that changes has one entry, with
-- its next version, at `instant`. The caller writes the transaction.
CREATE OR REPLACE FUNCTION ledger.gather(transaction_id text, purse ledger.purse, instant timestamptz)
RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    brought  bigint := least(purse.spare_minor, 1000000000000000);
    gathered ledger.purse := purse;
BEGIN
    WITH spare AS (
        SELECT b.stripe, b.posted_minor - b.held_minor AS minor,
               sum(b.posted_minor - b.held_minor) OVER (ORDER BY b.stripe) AS upto
          FROM ledger.balance b WHERE b.account_id = purse.account_id AND b.stripe > 0
    ), change AS (
        SELECT 0 AS stripe, brought AS minor
        UNION ALL
        SELECT s.stripe, (least(s.upto - s.minor, brought) - least(s.upto, brought))::bigint FROM spare s
    ), changed AS (
        UPDATE ledger.balance b
           SET posted_minor = b.posted_minor + c.minor, version = b.version + 1, posted_at = instant
          FROM change c WHERE b.account_id = purse.account_id AND b.stripe = c.stripe AND c.minor <> 0
        RETURNING b.stripe, b.version, c.minor, b.posted_minor
    )
    INSERT INTO ledger.entry (transaction_id, account_id, stripe, version, amount_minor, currency,
                              balance_after, gathers, posted_at)
    SELECT gather.transaction_id, purse.account_id, c.stripe, c.version, c.minor, purse.currency,
           c.posted_minor, true, instant
      FROM changed c;
    gathered.posted_minor := purse.posted_minor + brought;
    gathered.spare_minor := purse.spare_minor - brought;
    gathered.version := purse.version + 1;
    RETURN gathered;
END $$;
REVOKE ALL ON FUNCTION ledger.gather(text, ledger.purse, timestamptz) FROM PUBLIC;
