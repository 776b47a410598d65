-- Reserves money for a wallet, or for somebody who is not known yet (no target: whoever proves to be the recipient
-- claims it). Of the balances only the payer's row is locked; the target sees what is on its way as pending_in.
-- command: {source, target | null, amount, currency, expires_in_s, ...}
--
-- Locks the target's account against a closing at the same moment (ledger.close) before anything else, then the
-- payer's row, its overdue holds if it lacks funds, the payer's counter and the external id.
-- Invariants: held money is still the payer's and in no entry; what the payer's rows hold is the sum of what the
-- open holds on them have left; the hold lies on one stripe for ever.
-- Refuses as ledger.transfer does: a failed transaction, or ("kept": false) nothing at all.
CREATE OR REPLACE FUNCTION ledger.hold(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    amount  bigint := (command ->> 'amount')::bigint;
    source  ledger.purse;
    target  ledger.purse;
    refusal jsonb;
    instant timestamptz;
    ends    timestamptz;
    made    ledger.transaction;
BEGIN
    PERFORM FROM ledger.account a WHERE a.id = command #>> '{target,wallet_id}' FOR KEY SHARE;
    source := ledger.take_purse(ledger.spending_side(command), command ->> 'currency', -amount);
    IF command ->> 'target' IS NOT NULL THEN
        target := ledger.look_at_purse(command #>> '{target,wallet_id}');
    END IF;
    IF source.account_id IS NULL OR (command ->> 'target' IS NOT NULL AND target.account_id IS NULL) THEN
        RETURN '{"refusal": {"code": "wallet_not_found", "kept": false}}'::jsonb;
    END IF;
    source := ledger.cover(source, ledger.needed(command, amount));
    refusal := ledger.claim_and_spend(command, source, source.owner_id, ledger.judge(command,
        CASE WHEN target.account_id IS NULL THEN ARRAY[source] ELSE ARRAY[source, target] END, ARRAY[-amount, 0]));
    IF refusal -> 'kept' = 'false' THEN
        RETURN jsonb_build_object('refusal', refusal);
    END IF;
    instant := ledger.next_instant(ARRAY[source]);
    ends := instant + make_interval(secs => (command ->> 'expires_in_s')::integer);
    INSERT INTO ledger.transaction AS t (id, kind, status, currency, amount_minor,
        source_account_id, source_owner_id, target_account_id, target_owner_id,
        actor_id, description, external_id, reason, metadata, details, failure, request_id, requested_at)
    VALUES (command ->> 'transaction_id', 'hold', CASE WHEN refusal IS NULL THEN 'pending' ELSE 'failed' END,
        command ->> 'currency', amount, source.account_id, source.owner_id, target.account_id, target.owner_id,
        command ->> 'actor_id', command ->> 'description', command ->> 'external_id', command ->> 'reason',
        coalesce(command -> 'metadata', '{}'), jsonb_build_object('expires_at', ledger.rfc3339(ends)), refusal,
        command -> 'key' ->> 'request_id', instant)
    RETURNING t.* INTO made;
    PERFORM ledger.stage_movement(made, true, true);
    IF refusal IS NOT NULL THEN
        RETURN jsonb_build_object('refusal', refusal);
    END IF;
    PERFORM ledger.set_aside(made, source, ends);
    RETURN jsonb_build_object('transaction', ledger.facts(made));
END $$;
REVOKE ALL ON FUNCTION ledger.hold(jsonb) FROM PUBLIC;
