-- An instant as the API shows it: UTC, microseconds, Z.
CREATE OR REPLACE FUNCTION ledger.rfc3339(instant timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = ''
RETURN to_char(instant AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
GRANT EXECUTE ON FUNCTION ledger.rfc3339(timestamptz) TO app_rw, app_job;
