-- The answer that a key has: its own, or that of its transaction as it was when it was new. A status may have changed
-- since; the first answer did not know that, so neither does this one. One plan serves all (see ledger.history_page).
--
-- Locks nothing: whoever made the answer has committed.
-- Invariants: the answer is the first one, but for `replayed` and the first request's id; nothing is written.
-- Refuses nothing of its own: a first refusal is repeated. A key that has neither answer nor transaction raises.
CREATE OR REPLACE FUNCTION ledger.replay(known ledger.idempotency_key) RETURNS jsonb
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    made   ledger.transaction;
    answer jsonb := known.answer;
BEGIN
    IF answer IS NULL THEN
        SELECT * INTO STRICT made FROM ledger.transaction t WHERE t.id = known.transaction_id;
        IF made.failure IS NOT NULL THEN
            answer := jsonb_build_object('refusal', made.failure);
        ELSE
            made.status := CASE WHEN made.posted_at IS NULL THEN 'pending' ELSE 'completed' END;
            made.version := 1;
            answer := jsonb_build_object('transaction', ledger.facts(made));
        END IF;
    END IF;
    RETURN answer || jsonb_build_object('replayed', true, 'request_id', known.request_id);
END $$;
REVOKE ALL ON FUNCTION ledger.replay(ledger.idempotency_key) FROM PUBLIC;
