-- One of our own accounts in a currency, as the side of a conversion.
CREATE OR REPLACE FUNCTION ledger.fx_side(kind text, currency text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_build_object('system', kind, 'currency', currency);
END $$;
REVOKE ALL ON FUNCTION ledger.fx_side(text, text) FROM PUBLIC;
