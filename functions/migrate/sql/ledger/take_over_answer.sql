-- Whoever claimed the key has died; the request that goes on has it now, for so long. The caller has its row's lock
-- (ledger.lock_answer) and saw that there is no answer. Refuses nothing.
CREATE OR REPLACE FUNCTION ledger.take_over_answer(claim jsonb, lease_s integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    UPDATE ledger.stored_answer a
       SET request_id = claim ->> 'request_id', leased_until = clock_timestamp() + make_interval(secs => lease_s)
     WHERE (a.principal, a.route, a.key) = (claim ->> 'principal', claim ->> 'route', claim ->> 'key')
       AND a.status IS NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.take_over_answer(jsonb, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.take_over_answer(jsonb, integer) TO app_rw;
