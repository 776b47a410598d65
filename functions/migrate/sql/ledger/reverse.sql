-- Brings a transfer or a capture back, all or in parts, never more than it moved. `funds_*` are reversed by admins only;
-- payments, conversions, splits and reversals never are.
-- command: {original_id, allowed, amount | null (what remains), reason, ...}
CREATE OR REPLACE FUNCTION ledger.reverse(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    original ledger.transaction := ledger.find_original(command);
    sides    jsonb[];
    purses   ledger.purse[];
    remaining bigint;
    amount   bigint;
    refusal  jsonb;
    answer   jsonb;
BEGIN
    IF original.id IS NULL OR original.status = 'failed' THEN
        RETURN '{"refusal": {"code": "transaction_not_found", "kept": false}}'::jsonb;
    ELSIF NOT (original.kind IN ('transfer', 'capture')
               OR original.kind IN ('funds_added', 'funds_deducted') AND command ->> 'allowed' IS NULL)
          OR original.details ? 'splits' THEN
        RETURN ledger.refuse('{"code": "not_reversible"}');
    END IF;
    sides := ARRAY[ledger.side_of(original.target_account_id), ledger.side_of(original.source_account_id)];
    amount := coalesce((command ->> 'amount')::bigint, original.amount_minor);
    purses := ledger.take_purses(sides, original.currency, ARRAY[-amount, amount]);
    -- The original's lock orders its reversals; what is left is summed in a later statement.
    PERFORM FROM ledger.transaction t WHERE t.id = original.id FOR NO KEY UPDATE;
    SELECT original.amount_minor - coalesce(sum(t.amount_minor), 0) INTO remaining FROM ledger.transaction t
     WHERE t.original_id = original.id AND t.kind = 'reversal' AND t.status = 'completed';
    IF remaining = 0 THEN
        RETURN ledger.refuse('{"code": "already_reversed"}');
    END IF;
    amount := coalesce((command ->> 'amount')::bigint, remaining);
    IF amount > remaining THEN
        RETURN ledger.refuse(jsonb_build_object('code', 'reversal_exceeds_remaining', 'remaining', remaining));
    END IF;
    purses[1] := ledger.cover(purses[1], amount);
    refusal := ledger.judge(jsonb_build_object('currency', original.currency), purses, ARRAY[-amount, amount]);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    answer := ledger.move(command || jsonb_build_object('kind', 'reversal', 'currency', original.currency),
        purses, ARRAY[-amount, amount], NULL);
    PERFORM ledger.change_status(original.id,
        CASE WHEN amount = remaining THEN 'reversed' ELSE 'partially_reversed' END);
    PERFORM ledger.stage(
        (extract(epoch FROM ledger.next_instant(purses)) * 1000000)::bigint + 3, 'evt_' || substr(command ->> 'transaction_id', 4) || '3',
        coalesce(answer #>> '{transaction,source_wallet_id}', answer #>> '{transaction,target_wallet_id}'),
        'transaction.reversed', original.id, command -> 'key' ->> 'request_id',
        jsonb_build_object('transaction_id', original.id, 'kind', original.kind, 'amount', amount,
            'currency', original.currency, 'reversal_id', command -> 'transaction_id',
            'source_wallet_id', CASE WHEN original.source_owner_id IS NOT NULL THEN original.source_account_id END, 'source_owner_id', original.source_owner_id,
            'target_wallet_id', CASE WHEN original.target_owner_id IS NOT NULL THEN original.target_account_id END, 'target_owner_id', original.target_owner_id,
            'actor_id', command -> 'actor_id'));
    RETURN answer;
END $$;
REVOKE ALL ON FUNCTION ledger.reverse(jsonb) FROM PUBLIC;
