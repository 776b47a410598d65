-- Locks one balance row for each side, account by account in the order of their ids: the one order that everybody
-- keeps, so nobody waits in a circle. `amounts` are signed, beside their sides; a side of ours may name
-- a currency of its own (conversions). Null if a side does not exist.
-- What was locked before such a side stays locked to the end of the call.
CREATE OR REPLACE FUNCTION ledger.take_purses(sides jsonb[], currency text, amounts bigint[])
RETURNS ledger.purse[]
LANGUAGE plpgsql AS $$
DECLARE
    purses ledger.purse[];
    place  integer;
BEGIN
    FOR place IN
        SELECT s.place FROM unnest(sides) WITH ORDINALITY s (side, place)
         ORDER BY ledger.account_of(s.side, currency) COLLATE "C"
    LOOP
        purses[place] := ledger.take_purse(sides[place], currency, amounts[place]);
        IF (purses[place]).account_id IS NULL THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN purses;
END $$;
REVOKE ALL ON FUNCTION ledger.take_purses(jsonb[], text, bigint[]) FROM PUBLIC;
