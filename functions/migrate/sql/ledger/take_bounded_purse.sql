-- The stripe of a striped wallet that pays `needed`: one that suffices and is free; else stripe 0 with all stripes
-- locked in order, whose purse then says what the others can spare. Nothing of the wallet is locked before that.
--
-- True afterwards: either one locked stripe suffices by itself and `spare_minor` is 0, or all that there were are
-- locked, and whether they suffice together is for ledger.judge to say.
CREATE OR REPLACE FUNCTION ledger.take_bounded_purse(account ledger.account, needed bigint) RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    purse ledger.purse;
BEGIN
    SELECT account.id, account.owner_id, account.kind, account.currency, account.stripes, b.stripe, b.state,
           b.posted_minor, b.held_minor, b.floor_minor, 0, b.version, b.posted_at, false
      INTO purse
      FROM ledger.balance b
     WHERE b.account_id = account.id AND b.posted_minor - b.held_minor - b.floor_minor >= needed
     LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        purse := ledger.take_whole_purse(account.id);
    END IF;
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.take_bounded_purse(ledger.account, bigint) FROM PUBLIC;
