-- The money that was expected has come, or never will.
--
-- Locks that row alone, and no balance. True afterwards: nothing is expected under this subject, so it keeps no wallet
-- open. What was not expected, or is ended twice, changes nothing; nothing is refused.
CREATE OR REPLACE FUNCTION ledger.end_expectation(wanted text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM ledger.expected_credit c WHERE c.subject = wanted;
END $$;
REVOKE ALL ON FUNCTION ledger.end_expectation(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.end_expectation(text) TO app_rw, app_job;
