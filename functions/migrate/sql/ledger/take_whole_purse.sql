-- Locks all balance rows of an account, stripe by stripe, and answers with stripe 0; `spare_minor` is what the other
-- stripes have beyond their holds. For what concerns the whole account: too little on one stripe, its state, its limit.
--
-- Where it waited for a striping, it locks once more: rows that were added meanwhile are behind those that it has.
-- Null: there is no such account. Refuses nothing.
-- True afterwards: no row of the account can change, and none can be added.
CREATE OR REPLACE FUNCTION ledger.take_whole_purse(wanted text) RETURNS ledger.purse
LANGUAGE plpgsql AS $$
DECLARE
    purse  ledger.purse;
    last   timestamptz;
    locked integer := 0;
    before integer;
BEGIN
    LOOP
        before := locked;
        PERFORM FROM ledger.balance b WHERE b.account_id = wanted ORDER BY b.stripe FOR NO KEY UPDATE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        -- Under the locks, in a later statement: the number of stripes cannot change any more.
        SELECT a.id, a.owner_id, a.kind, a.currency, a.stripes, b.stripe, b.state, b.posted_minor, b.held_minor,
               b.floor_minor, 0, b.version, b.posted_at, false
          INTO purse
          FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = 0
         WHERE a.id = wanted;
        -- A wallet that lacks a row is broken, and can still be frozen.
        EXIT WHEN purse.stripes IS NULL OR purse.stripes = locked OR locked = before;
    END LOOP;
    SELECT coalesce(sum(b.posted_minor - b.held_minor), 0), max(b.posted_at) INTO purse.spare_minor, last
      FROM ledger.balance b WHERE b.account_id = wanted AND b.stripe > 0;
    purse.posted_at := greatest(purse.posted_at, last);
    RETURN purse;
END $$;
REVOKE ALL ON FUNCTION ledger.take_whole_purse(text) FROM PUBLIC;
