-- A state with one more direction frozen: debit, credit or both.
CREATE OR REPLACE FUNCTION ledger.frozen_state(state text, direction text) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN CASE WHEN direction = 'both' OR state = 'frozen'
                     OR (state = 'debit_frozen' AND direction = 'credit')
                     OR (state = 'credit_frozen' AND direction = 'debit') THEN 'frozen'
                ELSE direction || '_frozen' END;
END $$;
REVOKE ALL ON FUNCTION ledger.frozen_state(text, text) FROM PUBLIC;
