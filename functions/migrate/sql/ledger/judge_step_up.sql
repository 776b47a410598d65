-- Null, or the refusal of somebody who has not just shown a second factor (`unconfirmed`) and moves more than goes
-- without. It is not kept: once they have shown it, the same request is good under the same key.
CREATE OR REPLACE FUNCTION ledger.judge_step_up(command jsonb, currency text, amount bigint) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF command -> 'unconfirmed' = 'true' AND amount > ledger.step_up_above(currency) THEN
        RETURN '{"code": "step_up_required", "kept": false}'::jsonb;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_step_up(jsonb, text, bigint) FROM PUBLIC;
