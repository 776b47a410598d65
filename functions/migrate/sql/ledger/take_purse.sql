-- Finds the account of one side of a movement and locks the balance row that takes part. Null: absent, another
-- owner's, or no wallet. `amount` is signed: what the side gets.
--
-- A plain account has one row. Of a striped one, a credit takes a random stripe, and so does a debit of our own
-- unbounded accounts; a debit of a striped wallet is ledger.take_bounded_purse. A side that is `whole` is taken with all
-- its stripes: an expected version is that of the account.
--
-- Locks that row to the end of the call, also where the answer is null because it is another owner's.
-- Refuses nothing: state, funds and currency are for ledger.judge.
CREATE OR REPLACE FUNCTION ledger.take_purse(side jsonb, currency text, amount bigint) RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    wanted text := ledger.account_of(side, currency);
    lot    double precision := random();
    purse  ledger.purse;
BEGIN
    -- Whoever finds the row locked does not queue here: see ledger.wait_for_purse.
    SELECT a.id, a.owner_id, a.kind, a.currency, a.stripes, b.stripe, b.state, b.posted_minor, b.held_minor,
           b.floor_minor, 0, b.version, b.posted_at, false
      INTO purse
      FROM ledger.account a
      JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = floor(lot * a.stripes)::smallint
     WHERE a.id = wanted AND (a.stripes = 1 OR amount > 0 OR a.owner_id IS NULL)
       FOR NO KEY UPDATE OF b SKIP LOCKED;
    IF NOT FOUND THEN
        purse := ledger.wait_for_purse(side, wanted, currency, amount, lot);
    END IF;
    IF side ? 'wallet_id' AND (purse.kind <> 'wallet' OR purse.owner_id <> side ->> 'owned_by') THEN
        RETURN NULL;
    END IF;
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.take_purse(jsonb, text, bigint) FROM PUBLIC;
