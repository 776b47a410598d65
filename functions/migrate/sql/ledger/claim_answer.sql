-- Claims an idempotency key whose effect is not one call of the ledger: true, or false where it is known. `subject` is
-- what its owner makes; it is leased to them for so long. A twin in flight is waited for.
-- claim: {principal, route, key, fingerprint, request_id, subject | null}
--
-- Locks the new row. Invariants: a key is claimed once, as long as it is kept (ledger.forget_keys).
CREATE OR REPLACE FUNCTION ledger.claim_answer(claim jsonb, lease_s integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.stored_answer (principal, route, key, fingerprint, request_id, subject, leased_until)
    VALUES (claim ->> 'principal', claim ->> 'route', claim ->> 'key', claim ->> 'fingerprint', claim ->> 'request_id',
            claim ->> 'subject', clock_timestamp() + make_interval(secs => lease_s))
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION ledger.claim_answer(jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.claim_answer(jsonb, integer) TO app_rw;
