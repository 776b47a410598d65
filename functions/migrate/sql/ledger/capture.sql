-- Takes held money, all or a part; unless `final` is false the rest of the hold ends with it.
-- command: {original_id, allowed, amount | null (what remains), final, ...}; `target` only where the hold has none yet:
-- {wallet_id, owned_by} of the recipient who claims it; the caller answers for the owner, here nobody asks.
--
-- Locks both rows in the order of their ids, then the hold: who waited reads it as the winner left it.
-- Invariants: captured and remaining never exceed the amount; the payer's held money falls by what of the hold ends,
-- the posted money by what is captured; a hold that is over, noticed or not, is never captured; who is its recipient
-- never changes.
-- Refuses what is no hold or has no recipient, then what ledger.judge_capture says; the hold stays as it is.
CREATE OR REPLACE FUNCTION ledger.capture(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    original ledger.transaction := ledger.find_original(command);
    held     ledger.hold;
    source   ledger.purse;
    target   ledger.purse;
    payee    text;
    amount   bigint;
    refusal  jsonb;
    releases bigint;
    answer   jsonb;
BEGIN
    SELECT * INTO held FROM ledger.hold h WHERE h.transaction_id = original.id;  -- where it lies never changes
    payee := coalesce(held.target_account_id, command #>> '{target,wallet_id}');
    IF original.id IS NULL OR original.status = 'failed' THEN
        RETURN '{"refusal": {"code": "transaction_not_found", "kept": false}}'::jsonb;
    ELSIF held.transaction_id IS NULL THEN
        RETURN ledger.refuse('{"code": "not_a_hold"}');
    ELSIF payee IS NULL THEN
        RETURN ledger.refuse('{"code": "recipient_unknown"}');
    END IF;
    IF held.source_account_id < payee COLLATE "C" THEN
        source := ledger.take_stripe(held.source_account_id, held.source_stripe);
        target := ledger.take_purse(jsonb_build_object('wallet_id', payee), held.currency, 1);
    ELSE
        target := ledger.take_purse(jsonb_build_object('wallet_id', payee), held.currency, 1);
        source := ledger.take_stripe(held.source_account_id, held.source_stripe);
    END IF;
    SELECT * INTO STRICT held FROM ledger.hold h WHERE h.transaction_id = original.id FOR NO KEY UPDATE;
    amount := coalesce((command ->> 'amount')::bigint, held.remaining_minor);
    refusal := ledger.judge_capture(held, source, target, amount);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    releases := CASE WHEN command -> 'final' = 'false' THEN amount ELSE held.remaining_minor END;
    answer := ledger.move(
        command || jsonb_build_object('kind', 'capture', 'currency', held.currency, 'description', original.description),
        ARRAY[source, target], ARRAY[-amount, amount], NULL, '{}', releases);
    UPDATE ledger.hold h
       SET captured_minor = h.captured_minor + amount, remaining_minor = h.remaining_minor - releases,
           state = CASE WHEN h.remaining_minor = releases THEN 'captured' ELSE 'open' END,
           ended_at = CASE WHEN h.remaining_minor = releases THEN clock_timestamp() END,
           target_account_id = target.account_id, target_owner_id = target.owner_id
     WHERE h.transaction_id = original.id;
    PERFORM ledger.change_status(original.id,
        CASE WHEN held.remaining_minor = releases THEN 'captured' ELSE 'partially_captured' END);
    RETURN answer;
END $$;
REVOKE ALL ON FUNCTION ledger.capture(jsonb) FROM PUBLIC;
