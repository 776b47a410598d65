-- A transaction as its answer tells it, from its row. The row is all: a replay renders the same facts (ledger.replay),
-- and so does whoever reads it later. Our own accounts show as null.
CREATE OR REPLACE FUNCTION ledger.facts(t ledger.transaction) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN jsonb_build_object(
        'id', t.id, 'kind', t.kind, 'status', t.status, 'version', t.version,
        'amount', t.amount_minor, 'currency', t.currency,
        'source_wallet_id', CASE WHEN t.source_owner_id IS NOT NULL THEN t.source_account_id END,
        'source_owner_id', t.source_owner_id,
        'target_wallet_id', CASE WHEN t.target_owner_id IS NOT NULL THEN t.target_account_id END,
        'target_owner_id', t.target_owner_id, 'original_id', t.original_id,
        'actor_id', t.actor_id, 'description', t.description, 'external_id', t.external_id, 'reason', t.reason,
        'metadata', t.metadata, 'failure_code', t.failure ->> 'code',
        'created_at', ledger.rfc3339(t.requested_at), 'completed_at', ledger.rfc3339(t.posted_at),
        'legs', t.legs, 'details', t.details);
END $$;
REVOKE ALL ON FUNCTION ledger.facts(ledger.transaction) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.facts(ledger.transaction) TO app_rw, app_job;
