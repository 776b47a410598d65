-- For the release before, which asks for all of these at once; it goes when none runs that does.
CREATE OR REPLACE FUNCTION ledger.verify_references() RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT * FROM ledger.verify_holds() UNION ALL SELECT * FROM ledger.verify_keys()
    UNION ALL SELECT * FROM ledger.verify_external_ids() UNION ALL SELECT * FROM ledger.verify_quotes()
    UNION ALL SELECT * FROM ledger.verify_sums();
END $$;
REVOKE ALL ON FUNCTION ledger.verify_references() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_references() TO app_job;
