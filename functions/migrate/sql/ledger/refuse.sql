-- A refusal that leaves no transaction: its answer stands in the key.
CREATE OR REPLACE FUNCTION ledger.refuse(refusal jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_build_object('answer', jsonb_build_object('refusal', refusal));
END $$;
REVOKE ALL ON FUNCTION ledger.refuse(jsonb) FROM PUBLIC;
