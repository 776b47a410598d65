-- Brings money back, never more than has moved: of a transfer or capture all or a part, also to be asked for by who got
-- it; of funds the same, of a split (ledger.reverse_split) and a conversion (ledger.reverse_conversion) by admins only.
-- Holds, payments, sweeps and reversals never are reversed.
-- command: {original_id, allowed, amount | null (what remains), reason, ...}
--
-- Locks both rows in the order of their ids, then the original: its reversals queue there.
-- Invariants: the reversals of a movement never sum to more than it moved; the giver is judged as any payer, its
-- overdue holds end first; the original keeps its entries, only its status changes.
-- Refuses: transaction_not_found, also for who may not ask; not_reversible; already_reversed or more than remains; then
-- what ledger.judge says of giver and getter. None leaves a transaction.
CREATE OR REPLACE FUNCTION ledger.reverse(command jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    original ledger.transaction := ledger.find_original(command);
    by_admin boolean := coalesce(command -> 'allowed' = 'null', false);
    sides    jsonb[];
    purses   ledger.purse[];
    remaining bigint;
    amount   bigint;
    refusal  jsonb;
BEGIN
    IF original.id IS NULL OR original.status = 'failed' THEN
        RETURN '{"refusal": {"code": "transaction_not_found", "kept": false}}'::jsonb;
    ELSIF by_admin AND original.kind = 'transfer' AND original.details ? 'splits' THEN
        RETURN ledger.reverse_split(command, original);
    ELSIF by_admin AND original.kind = 'conversion' THEN
        RETURN ledger.reverse_conversion(command, original);
    ELSIF NOT (original.kind IN ('transfer', 'capture')
               OR original.kind IN ('funds_added', 'funds_deducted') AND by_admin) OR original.details ? 'splits' THEN
        RETURN ledger.refuse('{"code": "not_reversible"}');
    END IF;
    sides := ARRAY[ledger.side_of(original.target_account_id), ledger.side_of(original.source_account_id)];
    amount := coalesce((command ->> 'amount')::bigint, original.amount_minor);
    purses := ledger.take_purses(sides, original.currency, ARRAY[-amount, amount]);
    remaining := ledger.lock_reversible(original.id, original.amount_minor);
    amount := coalesce((command ->> 'amount')::bigint, remaining);
    refusal := ledger.judge_remaining(amount, remaining);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    purses[1] := ledger.cover(purses[1], amount);
    refusal := ledger.judge(jsonb_build_object('currency', original.currency), purses, ARRAY[-amount, amount]);
    IF refusal IS NOT NULL THEN
        RETURN ledger.refuse(refusal);
    END IF;
    RETURN ledger.bring_back(command || jsonb_build_object('currency', original.currency), original, purses,
                             ARRAY[-amount, amount], '{}', amount = remaining);
END $$;
REVOKE ALL ON FUNCTION ledger.reverse(jsonb) FROM PUBLIC;
