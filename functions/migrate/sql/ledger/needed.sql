-- What the payer must have available: the amount, and what has to be left by its own conditions. Overdue holds end for
-- the sake of both (ledger.cover).
CREATE OR REPLACE FUNCTION ledger.needed(command jsonb, amount bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF NOT command ? 'conditions' THEN
        RETURN amount;
    END IF;
    RETURN (SELECT amount + greatest(max((c.told ->> 'value')::bigint), 0)
              FROM jsonb_array_elements(command -> 'conditions') c (told)
             WHERE (c.told ->> 'kind', c.told ->> 'op') = ('available', 'at_least'));
END $$;
REVOKE ALL ON FUNCTION ledger.needed(jsonb, bigint) FROM PUBLIC;
