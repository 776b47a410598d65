-- Takes an external id for ever (ledger.reference_owner says among whose): null, or the refusal that names the
-- transaction that has it. A twin that is still in flight is waited for, and found by the last statement.
CREATE OR REPLACE FUNCTION ledger.claim_external_id(command jsonb, owner text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    among  text := ledger.reference_owner(command ->> 'kind', owner);
    holder text;
BEGIN
    IF among <> owner THEN  -- funds whose id was claimed among the owner's own, as once all were
        SELECT t.id INTO holder FROM ledger.external_id e JOIN ledger.transaction t ON t.id = e.transaction_id
         WHERE e.owner_id = owner AND e.external_id = command ->> 'external_id'
           AND ledger.reference_owner(t.kind, owner) = among;
    END IF;
    IF holder IS NULL THEN
        INSERT INTO ledger.external_id (owner_id, external_id, transaction_id)
        VALUES (among, command ->> 'external_id', command ->> 'transaction_id')
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN NULL;
        END IF;
        SELECT e.transaction_id INTO STRICT holder FROM ledger.external_id e
         WHERE e.owner_id = among AND e.external_id = command ->> 'external_id';
    END IF;
    RETURN jsonb_build_object('code', 'duplicate_external_id', 'transaction_id', holder);
END $$;
REVOKE ALL ON FUNCTION ledger.claim_external_id(jsonb, text) FROM PUBLIC;
