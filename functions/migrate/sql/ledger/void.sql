-- Gives up what remains of a hold: it is the payer's again. Possible in every state of both wallets.
-- command: {original_id, allowed, ...}
--
-- Locks the payer's row, then the hold.
-- Invariants: exactly what remained is free again, no entry is written, and a hold ends once.
-- Refuses: transaction_not_found, also for who may not ask; not_a_hold; hold_ended, noticed or not.
CREATE OR REPLACE FUNCTION ledger.void(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    original ledger.transaction := ledger.find_original(command);
    held     ledger.hold;
    source   ledger.purse;
    instant  timestamptz;
    made     ledger.transaction;
BEGIN
    SELECT * INTO held FROM ledger.hold h WHERE h.transaction_id = original.id;
    IF original.id IS NULL OR original.status = 'failed' THEN
        RETURN '{"refusal": {"code": "transaction_not_found", "kept": false}}'::jsonb;
    ELSIF held.transaction_id IS NULL THEN
        RETURN ledger.refuse('{"code": "not_a_hold"}');
    END IF;
    source := ledger.take_stripe(held.source_account_id, held.source_stripe);
    SELECT * INTO STRICT held FROM ledger.hold h WHERE h.transaction_id = original.id FOR NO KEY UPDATE;
    IF held.state <> 'open' OR held.expires_at <= clock_timestamp() THEN
        RETURN ledger.refuse(jsonb_build_object('code', 'hold_ended', 'state',
            CASE WHEN held.state = 'open' THEN 'expired' ELSE held.state END));
    END IF;
    instant := ledger.next_instant(ARRAY[source]);
    PERFORM ledger.release_hold(held, 'voided', instant);
    INSERT INTO ledger.transaction AS t (id, kind, status, currency, amount_minor, source_account_id, source_owner_id,
        target_account_id, target_owner_id, original_id, actor_id, reason, request_id, requested_at, posted_at)
    VALUES (command ->> 'transaction_id', 'void', 'completed', held.currency, held.remaining_minor,
        held.source_account_id, held.source_owner_id, held.target_account_id, held.target_owner_id, original.id,
        command ->> 'actor_id', command ->> 'reason', command -> 'key' ->> 'request_id', instant, instant)
    RETURNING t.* INTO made;
    PERFORM ledger.stage_movement(made, true, true);
    RETURN jsonb_build_object('transaction', ledger.facts(made));
END $$;
REVOKE ALL ON FUNCTION ledger.void(jsonb) FROM PUBLIC;
