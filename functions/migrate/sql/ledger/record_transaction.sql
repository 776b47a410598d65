-- The row of a transaction: completed at `instant`, or failed with a code and never posted.
CREATE OR REPLACE FUNCTION ledger.record_transaction(
    command jsonb, source ledger.account, target ledger.account, failure_code text, instant timestamptz
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger.transaction (id, kind, status, currency, amount_minor,
        source_account_id, source_owner_id, target_account_id, target_owner_id,
        actor_id, description, external_id, reason, metadata, failure_code, request_id, requested_at, posted_at)
    VALUES (command ->> 'transaction_id', command ->> 'kind',
        CASE WHEN failure_code IS NULL THEN 'completed' ELSE 'failed' END,
        command ->> 'currency', (command ->> 'amount')::bigint,
        source.id, source.owner_id, target.id, target.owner_id,
        command ->> 'actor_id', command ->> 'description', command ->> 'external_id', command ->> 'reason',
        command -> 'metadata', failure_code, command -> 'key' ->> 'request_id', instant,
        CASE WHEN failure_code IS NULL THEN instant END);
END $$;
REVOKE ALL ON FUNCTION ledger.record_transaction(jsonb, ledger.account, ledger.account, text, timestamptz)
    FROM PUBLIC;
