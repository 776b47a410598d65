-- Takes an external id for ever: null, or the refusal that names the transaction that has it.
-- A twin that is still in flight is waited for, and found by the second statement.
CREATE OR REPLACE FUNCTION ledger.claim_external_id(command jsonb, owner text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    holder text;
BEGIN
    INSERT INTO ledger.external_id (owner_id, external_id, transaction_id)
    VALUES (owner, command ->> 'external_id', command ->> 'transaction_id')
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT e.transaction_id INTO STRICT holder FROM ledger.external_id e
     WHERE e.owner_id = owner AND e.external_id = command ->> 'external_id';
    RETURN jsonb_build_object('code', 'duplicate_external_id', 'transaction_id', holder);
END $$;
REVOKE ALL ON FUNCTION ledger.claim_external_id(jsonb, text) FROM PUBLIC;
