-- Whether as much as is wanted of a movement remains to be reversed: null, or the refusal.
CREATE OR REPLACE FUNCTION ledger.judge_remaining(amount bigint, remaining bigint) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF remaining = 0 THEN
        RETURN '{"code": "already_reversed"}'::jsonb;
    ELSIF amount > remaining THEN
        RETURN jsonb_build_object('code', 'reversal_exceeds_remaining', 'remaining', remaining);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_remaining(bigint, bigint) FROM PUBLIC;
