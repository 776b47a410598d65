-- ledger.post: whatever moves money, in one call and one commit.
--
-- command: {operation, key: {principal, route, key, fingerprint, request_id}, dry_run, ...}; the rest is told by the
--          function of each operation. Without an operation it is a transfer.
-- answer:  {transaction: {..., legs}, replayed} or {bulk: [...], replayed} or
--          {refusal: {code, ...facts}, replayed, request_id}
--
-- The story: claim the key for this transaction (a twin waits here and gets the same answer); perform. The answer stands
-- in the transaction, or in the key where one transaction cannot tell it. A refusal is an answer, too, unless it says
-- that it is not kept: then the key is free again, and the answer says so ("kept": false).
--
-- Invariants: entries sum to zero; a balance never falls below its floor; posted_at of a balance row never goes back;
-- a key has one effect, as long as it is kept (30 days: ledger.forget_keys).
CREATE OR REPLACE FUNCTION ledger.post(command jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    claim  jsonb := command -> 'key';
    known  ledger.idempotency_key;
    result jsonb;
BEGIN
    IF command -> 'dry_run' = 'true' THEN
        RETURN ledger.rehearse(command);
    END IF;
    INSERT INTO ledger.idempotency_key (principal, route, key, fingerprint, request_id, transaction_id)
    VALUES (claim ->> 'principal', claim ->> 'route', claim ->> 'key', claim ->> 'fingerprint',
            claim ->> 'request_id', command ->> 'transaction_id')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO STRICT known FROM ledger.idempotency_key k
         WHERE (k.principal, k.route, k.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key');
        IF known.fingerprint <> claim ->> 'fingerprint' THEN
            RETURN '{"refusal": {"code": "idempotency_key_reused"}, "replayed": false}'::jsonb;
        END IF;
        RETURN ledger.replay(known);
    END IF;

    result := ledger.perform(command);

    IF result #> '{refusal,kept}' = 'false' OR result #> '{answer,kept}' = 'false' THEN
        DELETE FROM ledger.idempotency_key k
         WHERE (k.principal, k.route, k.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key');
        RETURN coalesce(result -> 'answer', result #- '{refusal,kept}') || '{"replayed": false, "kept": false}';
    ELSIF result ? 'answer' THEN
        -- Not told by one transaction: a refusal that leaves none, or the outcome of many.
        result := result -> 'answer';
        UPDATE ledger.idempotency_key k SET answer = result
         WHERE (k.principal, k.route, k.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key');
    END IF;
    RETURN result || '{"replayed": false}';
END $$;
REVOKE ALL ON FUNCTION ledger.post(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post(jsonb) TO app_rw, app_job;
