-- What a transaction is to the outside, without its legs. System accounts show as null.
CREATE OR REPLACE FUNCTION ledger.transaction_facts(
    command jsonb, source ledger.account, target ledger.account, failure_code text, instant timestamptz
) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_build_object(
        'id', command -> 'transaction_id', 'kind', command -> 'kind',
        'status', CASE WHEN failure_code IS NULL THEN 'completed' ELSE 'failed' END,
        'amount', command -> 'amount', 'currency', command -> 'currency',
        'source_wallet_id', CASE WHEN source.kind = 'wallet' THEN source.id END,
        'source_owner_id', source.owner_id,
        'target_wallet_id', CASE WHEN target.kind = 'wallet' THEN target.id END,
        'target_owner_id', target.owner_id,
        'actor_id', command -> 'actor_id', 'description', command -> 'description',
        'external_id', command -> 'external_id', 'reason', command -> 'reason', 'metadata', command -> 'metadata',
        'failure_code', failure_code, 'created_at', ledger.rfc3339(instant),
        'completed_at', CASE WHEN failure_code IS NULL THEN ledger.rfc3339(instant) END);
END $$;
REVOKE ALL ON FUNCTION ledger.transaction_facts(jsonb, ledger.account, ledger.account, text, timestamptz)
    FROM PUBLIC;
