-- The statements that follow in this transaction may take four seconds, where the role's time-out is two. Not more: what
-- takes its instant under its locks must be committed within five seconds, which is how long a point in time and a
-- verification let the past settle. The time-outs for a lock and for an idle transaction stay the role's.
CREATE OR REPLACE FUNCTION ledger.extend_statement_time() RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('statement_timeout', '4s', true);
END $$;
REVOKE ALL ON FUNCTION ledger.extend_statement_time() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.extend_statement_time() TO app_rw;
