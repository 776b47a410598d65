-- The events of a movement, staged in its commit. Their key is the debited wallet, or the credited one where a
-- system account pays; its balance is locked, so positions of one key are in the order of the commits.
-- A movement between system accounts (the last step of a refund) is no wallet's event.
CREATE OR REPLACE FUNCTION ledger.stage_movement(
    command jsonb, source ledger.account, target ledger.account, facts jsonb, instant timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moved jsonb := jsonb_build_object('transaction_id', facts -> 'id') || (facts - '{id,status,description,
        external_id,reason,metadata,failure_code,created_at,completed_at}'::text[]);
    purse ledger.account := CASE WHEN source.kind = 'wallet' THEN source ELSE target END;
    funds jsonb := jsonb_build_object('wallet_id', purse.id, 'owner_id', purse.owner_id,
        'transaction_id', facts -> 'id', 'amount', facts -> 'amount', 'currency', facts -> 'currency',
        'actor_id', facts -> 'actor_id', 'reason', facts -> 'reason');
BEGIN
    IF facts ->> 'status' = 'failed' THEN
        PERFORM ledger.stage(command, purse.id, instant, 0, 'transaction-events', 'transaction.failed',
            moved || jsonb_build_object('failure_code', facts -> 'failure_code'));
        RETURN;
    END IF;
    PERFORM ledger.stage(command, purse.id, instant, 0, 'transaction-events', 'transaction.created', moved);
    PERFORM ledger.stage(command, purse.id, instant, 1, 'transaction-events', 'transaction.completed', moved);
    IF purse.kind <> 'wallet' THEN
        RETURN;
    ELSIF source.kind <> 'wallet' THEN
        PERFORM ledger.stage(command, purse.id, instant, 2, 'wallet-events', 'wallet.funds_added', funds);
    ELSIF target.kind <> 'wallet' THEN
        PERFORM ledger.stage(command, purse.id, instant, 2, 'wallet-events', 'wallet.funds_deducted', funds);
    END IF;
END $$;
REVOKE ALL ON FUNCTION ledger.stage_movement(jsonb, ledger.account, ledger.account, jsonb, timestamptz) FROM PUBLIC;
