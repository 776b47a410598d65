-- One event of its own, at a position: for what is not a movement.
CREATE OR REPLACE FUNCTION ledger.stage(
    staged_position bigint, event_id text, key text, type text, subject text, request_id text, data jsonb
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data)
    VALUES (staged_position, event_id, 'transaction-events', key, type, subject, request_id, data);
END $$;
REVOKE ALL ON FUNCTION ledger.stage(bigint, text, text, text, text, text, jsonb) FROM PUBLIC;
