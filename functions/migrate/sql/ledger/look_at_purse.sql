-- A wallet as it is, without a lock: for the side that a movement does not change yet. Null: there is no such wallet.
CREATE OR REPLACE FUNCTION ledger.look_at_purse(wanted text) RETURNS ledger.purse
LANGUAGE plpgsql STABLE AS $$
DECLARE
    purse ledger.purse;
BEGIN
    SELECT a.id, a.owner_id, a.kind, a.currency, a.stripes, b.stripe, b.state, b.posted_minor, b.held_minor,
           b.floor_minor, 0, b.version, b.posted_at, false
      INTO purse
      FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = 0
     WHERE a.id = wanted AND a.kind = 'wallet';
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.look_at_purse(text) FROM PUBLIC;
