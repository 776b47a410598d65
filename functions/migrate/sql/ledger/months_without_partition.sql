-- How many of this month and the `ahead` to come lack a partition of transactions, entries or events.
CREATE OR REPLACE FUNCTION ledger.months_without_partition(ahead integer) RETURNS integer
LANGUAGE plpgsql STABLE AS $$
DECLARE
    missing integer;
BEGIN
    SELECT count(DISTINCT m) INTO STRICT missing
      FROM generate_series(date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC'),
                           clock_timestamp() AT TIME ZONE 'UTC' + make_interval(months => ahead), interval '1 month') m,
           unnest(ARRAY['ledger.transaction', 'ledger.entry', 'outbox.event']) parent
     WHERE to_regclass(parent || to_char(m, '_YYYY_MM')) IS NULL;
    RETURN missing;
END $$;
REVOKE ALL ON FUNCTION ledger.months_without_partition(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.months_without_partition(integer) TO app_job;
