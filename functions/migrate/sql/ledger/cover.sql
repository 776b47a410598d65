-- The payer's purse, ready to be judged: where it lacks funds, its overdue holds end first, so that nobody is refused
-- for the sake of a hold that is over. A plain wallet that was striped a moment ago is tried again by the caller.
--
-- Invariants: the purse is as its rows are, under their locks; a hold that is not over is never touched.
-- Locks the overdue holds in the order of their ids, and no balance that is not locked yet. Refuses nothing.
CREATE OR REPLACE FUNCTION ledger.cover(purse ledger.purse, needed bigint) RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    stripes smallint;
BEGIN
    IF purse.floor_minor IS NULL
       OR purse.posted_minor - purse.held_minor + purse.spare_minor - needed >= purse.floor_minor THEN
        RETURN purse;
    END IF;
    SELECT a.stripes INTO STRICT stripes FROM ledger.account a WHERE a.id = purse.account_id;
    IF stripes <> purse.stripes THEN
        RAISE EXCEPTION 'the wallet was striped meanwhile' USING ERRCODE = 'serialization_failure';
    END IF;
    IF NOT ledger.end_overdue_holds(purse.account_id) THEN
        RETURN purse;
    END IF;
    IF purse.stripes > 1 THEN
        RETURN ledger.take_whole_purse(purse.account_id);
    END IF;
    SELECT b.posted_minor, b.held_minor, b.version, b.posted_at
      INTO STRICT purse.posted_minor, purse.held_minor, purse.version, purse.posted_at
      FROM ledger.balance b WHERE b.account_id = purse.account_id AND b.stripe = purse.stripe;
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.cover(ledger.purse, bigint) FROM PUBLIC;
