-- A reversal that is judged: its movement, the original's new status (`whole`: nothing remains of it), and the event.
--
-- Invariants: movement, status and event are one commit, at one instant; the event has the key of the movement's.
-- Locks and refuses nothing: the caller has locked the rows and the original, and judged.
CREATE OR REPLACE FUNCTION ledger.bring_back(
    command jsonb, original ledger.transaction, purses ledger.purse[], amounts bigint[], details jsonb, whole boolean
) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb := ledger.move(command || '{"kind": "reversal"}', purses, amounts, NULL, details);
BEGIN
    PERFORM ledger.change_status(original.id, CASE WHEN whole THEN 'reversed' ELSE 'partially_reversed' END);
    PERFORM ledger.stage(
        (extract(epoch FROM (answer #>> '{transaction,completed_at}')::timestamptz) * 1000000)::bigint + 3,
        'evt_' || substr(command ->> 'transaction_id', 4) || '3',
        CASE WHEN details ? 'splits' THEN ledger.first_payer(answer #> '{transaction,legs}')
             ELSE coalesce(answer #>> '{transaction,source_wallet_id}', answer #>> '{transaction,target_wallet_id}') END,
        'transaction.reversed', original.id, command -> 'key' ->> 'request_id',
        jsonb_build_object('transaction_id', original.id, 'kind', original.kind,
            'amount', answer #> '{transaction,amount}', 'currency', answer #> '{transaction,currency}',
            'reversal_id', command -> 'transaction_id',
            'source_wallet_id', CASE WHEN original.source_owner_id IS NOT NULL THEN original.source_account_id END,
            'source_owner_id', original.source_owner_id,
            'target_wallet_id', CASE WHEN original.target_owner_id IS NOT NULL THEN original.target_account_id END,
            'target_owner_id', original.target_owner_id, 'actor_id', command -> 'actor_id'));
    RETURN answer;
END $$;
REVOKE ALL ON FUNCTION ledger.bring_back(jsonb, ledger.transaction, ledger.purse[], bigint[], jsonb, boolean) FROM PUBLIC;
