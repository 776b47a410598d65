-- The version of an account: of its only row, or the sum over its stripes in one snapshot.
CREATE OR REPLACE FUNCTION ledger.version_of(wanted text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
    version bigint;
BEGIN
    SELECT sum(b.version) INTO version FROM ledger.balance b WHERE b.account_id = wanted;
    RETURN version;
END $$;
REVOKE ALL ON FUNCTION ledger.version_of(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.version_of(text) TO app_rw, app_job;
