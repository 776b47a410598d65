-- The refusal of an atomic bulk: which item, and why. What a single transfer would not keep, a bulk does not, either.
CREATE OR REPLACE FUNCTION ledger.refuse_bulk(failing jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    refusal jsonb := jsonb_build_object('code', 'bulk_refused', 'index', failing -> 'index',
                                        'reason', failing #> '{refusal,code}', 'item_facts', (failing -> 'refusal') - '{code,kept}'::text[]);
BEGIN
    IF failing #> '{refusal,kept}' = 'false' THEN
        RETURN jsonb_build_object('refusal', refusal || '{"kept": false}');
    END IF;
    RETURN ledger.refuse(refusal);
END $$;
REVOKE ALL ON FUNCTION ledger.refuse_bulk(jsonb) FROM PUBLIC;
