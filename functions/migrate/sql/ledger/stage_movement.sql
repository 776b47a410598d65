-- The events of a transaction, staged in its commit. Their key is the debited wallet, or the credited one where one of
-- our accounts pays, or the lowest id where several pay; its balance row is locked, so the positions of one key are in
-- the order of the commits. An event's id is made from the transaction's: the same event always has the same id. A
-- movement between our own accounts is no wallet's event.
CREATE OR REPLACE FUNCTION ledger.stage_movement(t ledger.transaction, wallet_pays boolean, wallet_gets boolean)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    position   bigint := (extract(epoch FROM t.requested_at) * 1000000)::bigint;
    event_id   text := 'evt_' || substr(t.id, 4);
    key        text := CASE WHEN NOT wallet_pays THEN t.target_account_id
                            ELSE coalesce(t.source_account_id, ledger.first_payer(t.legs)) END;
    owner      text := CASE WHEN wallet_pays THEN t.source_owner_id ELSE t.target_owner_id END;
    moved      jsonb := jsonb_build_object('transaction_id', t.id, 'kind', t.kind, 'amount', t.amount_minor,
        'currency', t.currency, 'original_id', t.original_id, 'actor_id', t.actor_id,
        'source_wallet_id', CASE WHEN wallet_pays THEN t.source_account_id END, 'source_owner_id', t.source_owner_id,
        'target_wallet_id', CASE WHEN wallet_gets THEN t.target_account_id END, 'target_owner_id', t.target_owner_id,
        'legs', t.legs);
BEGIN
    IF t.status = 'failed' THEN
        INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data)
        VALUES (position, event_id || '0', 'transaction-events', key, 'transaction.failed', t.id, t.request_id,
                moved || jsonb_build_object('failure_code', t.failure -> 'code'));
    ELSIF t.status = 'pending' THEN
        INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data)
        VALUES (position, event_id || '0', 'transaction-events', key, 'transaction.created', t.id, t.request_id, moved);
    ELSE
        INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data)
        VALUES (position, event_id || '0', 'transaction-events', key, 'transaction.created', t.id, t.request_id, moved),
               (position + 1, event_id || '1', 'transaction-events', key, 'transaction.completed', t.id, t.request_id,
                moved);
        IF wallet_pays <> wallet_gets THEN
            INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data)
            VALUES (position + 2, event_id || '2', 'wallet-events', key,
                CASE WHEN wallet_pays THEN 'wallet.funds_deducted' ELSE 'wallet.funds_added' END, key, t.request_id,
                jsonb_build_object('wallet_id', key, 'owner_id', owner, 'transaction_id', t.id,
                    'amount', t.amount_minor, 'currency', t.currency, 'actor_id', t.actor_id, 'reason', t.reason));
        END IF;
    END IF;
END $$;
REVOKE ALL ON FUNCTION ledger.stage_movement(ledger.transaction, boolean, boolean) FROM PUBLIC;
