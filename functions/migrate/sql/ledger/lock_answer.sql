-- What is known under a claimed key (ledger.claim_answer), or null. Locks its row: who knows it may take it over, or
-- keep an answer.
CREATE OR REPLACE FUNCTION ledger.lock_answer(claim jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    known ledger.stored_answer;
BEGIN
    SELECT * INTO known FROM ledger.stored_answer a
     WHERE (a.principal, a.route, a.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key')
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN jsonb_build_object('fingerprint', known.fingerprint, 'request_id', known.request_id, 'subject', known.subject,
        'status', known.status, 'body', known.body, 'leased', known.leased_until > clock_timestamp());
END $$;
REVOKE ALL ON FUNCTION ledger.lock_answer(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.lock_answer(jsonb) TO app_rw;
