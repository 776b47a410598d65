-- One event of a movement: position = its instant and its place within the call. The event id is made from the
-- transaction's: the same event always has the same id.
CREATE OR REPLACE FUNCTION ledger.stage(
    command jsonb, partition_key text, instant timestamptz, place integer, topic text, type text, data jsonb
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data)
    VALUES ((extract(epoch FROM instant) * 1000000)::bigint + place,
            'evt_' || substr(command ->> 'transaction_id', 4) || place,
            topic, partition_key, type,
            CASE WHEN topic = 'wallet-events' THEN partition_key ELSE command ->> 'transaction_id' END,
            command -> 'key' ->> 'request_id', data);
END $$;
REVOKE ALL ON FUNCTION ledger.stage(jsonb, text, timestamptz, integer, text, text, jsonb) FROM PUBLIC;
