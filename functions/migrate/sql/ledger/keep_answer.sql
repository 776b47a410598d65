-- Keeps the answer of a claimed key; false where another was faster: then that one counts.
--
-- Locks the key's row. Invariants: an answer is kept once and never changed. Refuses nothing.
CREATE OR REPLACE FUNCTION ledger.keep_answer(claim jsonb, answer_status integer, answer_body text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE ledger.stored_answer a
       SET status = answer_status::smallint, body = answer_body, request_id = claim ->> 'request_id'
     WHERE (a.principal, a.route, a.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key')
       AND a.status IS NULL;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION ledger.keep_answer(jsonb, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.keep_answer(jsonb, integer, text) TO app_rw;
