-- ledger.post: one movement of money, whole, in one call.
--
-- command: {transaction_id, kind, amount, currency, actor_id, description, external_id, reason, metadata,
--           source, target: {wallet_id, owned_by} or {system},
--           key: {principal, route, key, fingerprint, request_id}}
-- answer:  {transaction: {..., legs}, replayed} or {refusal: {code, ...facts}, replayed, request_id}
--
-- The story: claim the key (a twin waits here and gets the same answer); find the accounts; lock their balances in
-- id order; judge; then write transaction, entries, balances, events and the answer. A refusal is an answer, too:
-- it leaves a failed transaction and its event, no entry. 404 leaves nothing, not even the key.
--
-- Invariants: entries sum to zero; a balance never falls below its floor; posted_at of a balance never goes back;
-- a key has one effect for ever.
CREATE OR REPLACE FUNCTION ledger.post(command jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    claim   jsonb := command -> 'key';
    amount  bigint := (command ->> 'amount')::bigint;
    known   ledger.idempotency_key;
    source  ledger.account;
    target  ledger.account;
    payer   ledger.balance;
    payee   ledger.balance;
    refusal jsonb;
    facts   jsonb;
    result  jsonb;
    instant timestamptz;
BEGIN
    INSERT INTO ledger.idempotency_key (principal, route, key, fingerprint, request_id)
    VALUES (claim ->> 'principal', claim ->> 'route', claim ->> 'key', claim ->> 'fingerprint',
            claim ->> 'request_id')
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        SELECT * INTO STRICT known FROM ledger.idempotency_key k
         WHERE (k.principal, k.route, k.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key');
        IF known.fingerprint <> claim ->> 'fingerprint' THEN
            RETURN '{"refusal": {"code": "idempotency_key_reused"}, "replayed": false}';
        END IF;
        RETURN known.answer || jsonb_build_object('replayed', true, 'request_id', known.request_id);
    END IF;

    -- What never changes of an account is read without a lock.
    source := ledger.find_account(command -> 'source', command ->> 'currency');
    target := ledger.find_account(command -> 'target', command ->> 'currency');
    IF source.id IS NULL OR target.id IS NULL THEN
        DELETE FROM ledger.idempotency_key k
         WHERE (k.principal, k.route, k.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key');
        RETURN '{"refusal": {"code": "wallet_not_found"}, "replayed": false}';
    END IF;

    PERFORM FROM ledger.balance b WHERE b.account_id IN (source.id, target.id)
      ORDER BY b.account_id, b.stripe FOR NO KEY UPDATE;
    -- What can change is read in a later statement, under the lock.
    SELECT * INTO STRICT payer FROM ledger.balance b WHERE b.account_id = source.id AND b.stripe = 0;
    SELECT * INTO STRICT payee FROM ledger.balance b WHERE b.account_id = target.id AND b.stripe = 0;
    SELECT a.state INTO STRICT source.state FROM ledger.account a WHERE a.id = source.id;
    SELECT a.state INTO STRICT target.state FROM ledger.account a WHERE a.id = target.id;
    instant := greatest(clock_timestamp(), payer.posted_at + interval '1 us', payee.posted_at + interval '1 us');

    refusal := ledger.judge(command, source, target, payer, payee);
    IF refusal IS NULL AND command ->> 'external_id' IS NOT NULL THEN
        refusal := ledger.claim_external_id(command, coalesce(source.owner_id, target.owner_id));
    END IF;

    facts := ledger.transaction_facts(command, source, target, refusal ->> 'code', instant);
    PERFORM ledger.record_transaction(command, source, target, refusal ->> 'code', instant);
    IF refusal IS NULL THEN
        PERFORM ledger.write_entries(command, payer, payee, instant);
        result := jsonb_build_object('transaction', facts || jsonb_build_object('legs', jsonb_build_array(
            ledger.leg_facts(source, -amount, payer.posted_minor - amount, payer.version + 1),
            ledger.leg_facts(target, amount, payee.posted_minor + amount, payee.version + 1))));
    ELSE
        result := jsonb_build_object('refusal', refusal);
    END IF;
    PERFORM ledger.stage_movement(command, source, target, facts, instant);

    UPDATE ledger.idempotency_key k SET answer = result
     WHERE (k.principal, k.route, k.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key');
    RETURN result || '{"replayed": false}';
END $$;
REVOKE ALL ON FUNCTION ledger.post(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.post(jsonb) TO app_rw, app_job;
