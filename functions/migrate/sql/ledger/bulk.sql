-- Many transfers in one commit. `atomic`: all or none, and the first refusal ends it. `independent`: each item stands or
-- falls by itself and has a key of its own, so a repeat resumes. Everything is locked first, in order: a call never
-- waits in a circle with another.
-- command: {mode, items: [transfer command, ...], ...}; answer: {bulk: [{transaction} | {refusal}, ...]}
CREATE OR REPLACE FUNCTION ledger.bulk(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    results jsonb := '[]'::jsonb;
    result  jsonb;
    failing text;
BEGIN
    PERFORM ledger.lock_for_bulk(command -> 'items');
    IF command ->> 'mode' = 'independent' THEN
        SELECT jsonb_agg(ledger.post(i.item) ORDER BY i.place) INTO results
          FROM jsonb_array_elements(command -> 'items') WITH ORDINALITY i (item, place);
        RETURN jsonb_build_object('answer', jsonb_build_object('bulk', results));
    END IF;
    FOR place IN 0..jsonb_array_length(command -> 'items') - 1 LOOP
        result := ledger.transfer(command -> 'items' -> place);
        IF result ? 'refusal' THEN
            RAISE EXCEPTION USING ERRCODE = 'PC002', MESSAGE = 'an item was refused',
                DETAIL = jsonb_build_object('index', place, 'refusal', result -> 'refusal');
        END IF;
        results := results || jsonb_build_array(result);
    END LOOP;
    RETURN jsonb_build_object('answer', jsonb_build_object('bulk', results));
EXCEPTION WHEN SQLSTATE 'PC002' THEN
    GET STACKED DIAGNOSTICS failing = PG_EXCEPTION_DETAIL;
    RETURN ledger.refuse_bulk(failing::jsonb);
END $$;
REVOKE ALL ON FUNCTION ledger.bulk(jsonb) FROM PUBLIC;
