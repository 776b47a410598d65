-- Of several payers the one with the lowest id.
CREATE OR REPLACE FUNCTION ledger.first_payer(legs jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN (SELECT min((leg ->> 'account_id') COLLATE "C") FROM jsonb_array_elements(legs) leg
             WHERE (leg ->> 'amount')::bigint < 0);
END $$;
REVOKE ALL ON FUNCTION ledger.first_payer(jsonb) FROM PUBLIC;
