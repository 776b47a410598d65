-- The money that was expected has come, or never will.
CREATE OR REPLACE FUNCTION ledger.end_expectation(wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM ledger.expected_credit c WHERE c.subject = wanted;
END $$;
REVOKE ALL ON FUNCTION ledger.end_expectation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.end_expectation(text) TO app_rw, app_job;
