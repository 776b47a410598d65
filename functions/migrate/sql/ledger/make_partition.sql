-- One partition: 1 if it was made, 0 if it is there. The bounds are values as text.
CREATE OR REPLACE FUNCTION ledger.make_partition(
    schema_name text, parent text, month timestamptz, lower_bound text, upper_bound text
) RETURNS integer
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    partition text := parent || '_' || to_char(month AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    IF to_regclass(format('%I.%I', schema_name, partition)) IS NOT NULL THEN
        RETURN 0;
    END IF;
    EXECUTE format('CREATE TABLE %1$I.%2$I (LIKE %1$I.%3$I INCLUDING ALL)', schema_name, partition, parent);
    EXECUTE format('ALTER TABLE %1$I.%3$I ATTACH PARTITION %1$I.%2$I FOR VALUES FROM (%4$L) TO (%5$L)',
                   schema_name, partition, parent, lower_bound, upper_bound);
    IF schema_name = 'ledger' THEN
        EXECUTE format('CREATE TRIGGER never_truncated BEFORE TRUNCATE ON %I.%I '
                       'EXECUTE FUNCTION ledger.refuse_change()', schema_name, partition);
    END IF;
    RETURN 1;
END $$;
REVOKE ALL ON FUNCTION ledger.make_partition(text, text, timestamptz, text, text) FROM PUBLIC;
