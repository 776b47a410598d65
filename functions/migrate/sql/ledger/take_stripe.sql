-- Locks one known balance row: that of a hold.
-- Waits for it as long as lock_timeout allows; raises where there is none, since a hold lies on a row that there is.
CREATE OR REPLACE FUNCTION ledger.take_stripe(wanted text, wanted_stripe smallint) RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    purse ledger.purse;
BEGIN
    SELECT a.id, a.owner_id, a.kind, a.currency, a.stripes, b.stripe, b.state, b.posted_minor, b.held_minor,
           b.floor_minor, 0, b.version, b.posted_at, false
      INTO STRICT purse
      FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = wanted_stripe
     WHERE a.id = wanted
       FOR NO KEY UPDATE OF b;
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.take_stripe(text, smallint) FROM PUBLIC;
