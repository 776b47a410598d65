-- An instant as the API shows it: UTC, microseconds, Z.
CREATE OR REPLACE FUNCTION ledger.rfc3339(instant timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
END $$;
REVOKE ALL ON FUNCTION ledger.rfc3339(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.rfc3339(timestamptz) TO app_rw, app_job;
