-- Makes the monthly partitions of transactions, entries and events from `begin_at` to `end_at`, where they are missing.
-- Made apart and then attached, so that nobody who posts waits; truncating is refused on each, as on the parent.
CREATE OR REPLACE FUNCTION ledger.make_partitions(begin_at timestamptz, end_at timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    made  integer := 0;
    month timestamptz;
    parts text[];
BEGIN
    FOR month IN SELECT m AT TIME ZONE 'UTC' FROM generate_series(
        date_trunc('month', begin_at AT TIME ZONE 'UTC'), end_at AT TIME ZONE 'UTC', interval '1 month') m
    LOOP
        FOREACH parts SLICE 1 IN ARRAY ARRAY[
            ['ledger', 'transaction', ledger.first_id('tx', month),
             ledger.first_id('tx', month + interval '1 month')],
            ['ledger', 'entry', month::text, (month + interval '1 month')::text],
            ['outbox', 'event', (extract(epoch FROM month) * 1000000)::bigint::text,
             (extract(epoch FROM month + interval '1 month') * 1000000)::bigint::text]]
        LOOP
            made := made + ledger.make_partition(parts[1], parts[2], month, parts[3], parts[4]);
        END LOOP;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION ledger.make_partitions(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.make_partitions(timestamptz, timestamptz) TO app_job;
