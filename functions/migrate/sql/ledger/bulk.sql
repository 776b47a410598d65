-- Many transfers in one commit. `atomic`: all or none, and the first refusal ends it. `independent`: each item stands or
-- falls by itself and has a key of its own, so a repeat resumes; while an item's refusal is not kept, the call's answer
-- is not, either. All balances and counters are locked first, in order.
-- What the whole's answer tells for ever is kept item by item (`keeps_all`), a wallet that is not found, too: a twin that
-- looked for an address later must not pay what this one has told as failed.
-- command: {mode, items: [transfer command, ...], ...}; answer: {bulk: [{transaction} | {refusal}, ...]}
--
-- Locks what ledger.lock_for_bulk says, then item by item what each has of its own: a key, an external id, after the
-- counters as everywhere (ledger.claim_and_spend). Where no limits hold, two bulks of one owner may wait in a circle there,
-- for the same ids in another order: the loser is tried again by the caller.
-- Invariants: atomic, nothing is left of a bulk that is refused but its refusal, its attempts do not count, either;
-- independent, an item has one effect, as long as its key is kept, however often its bulk is repeated.
-- Refuses, if atomic: bulk_refused, which names the first item that was refused.
CREATE OR REPLACE FUNCTION ledger.bulk(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    results jsonb[] := '{}';  -- a jsonb that grows would be copied for every item
    item    record;
    result  jsonb;
    failing text;
BEGIN
    PERFORM ledger.lock_for_bulk(command -> 'items');
    IF command ->> 'mode' = 'independent' THEN
        SELECT array_agg(ledger.post(i.command || '{"keeps_all": true}') ORDER BY i.place) INTO results
          FROM jsonb_array_elements(command -> 'items') WITH ORDINALITY i (command, place);
        RETURN jsonb_build_object('answer', jsonb_build_object('bulk', results)
            || CASE WHEN '{"kept": false}'::jsonb <@ ANY (results) THEN '{"kept": false}'::jsonb ELSE '{}' END);
    END IF;
    FOR item IN
        SELECT i.command, i.place FROM jsonb_array_elements(command -> 'items') WITH ORDINALITY i (command, place)
         ORDER BY i.place
    LOOP
        result := ledger.transfer(item.command);
        IF result ? 'refusal' THEN
            RAISE EXCEPTION USING ERRCODE = 'PC002', MESSAGE = 'an item was refused',
                DETAIL = jsonb_build_object('index', item.place - 1, 'refusal', result -> 'refusal');
        END IF;
        results[item.place] := result;
    END LOOP;
    RETURN jsonb_build_object('answer', jsonb_build_object('bulk', results));
EXCEPTION WHEN SQLSTATE 'PC002' THEN
    GET STACKED DIAGNOSTICS failing = PG_EXCEPTION_DETAIL;
    RETURN ledger.refuse_bulk(failing::jsonb);
END $$;
REVOKE ALL ON FUNCTION ledger.bulk(jsonb) FROM PUBLIC;
