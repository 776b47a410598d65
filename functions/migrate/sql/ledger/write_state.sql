-- The state of an account whose rows are all locked. Version and instant rise: caches, expected_version and whoever
-- reads when the wallet last changed see it.
CREATE OR REPLACE FUNCTION ledger.write_state(wanted text, new_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger.balance b
       SET state = new_state, version = b.version + 1,
           posted_at = greatest(clock_timestamp(), b.posted_at + interval '10 us')
     WHERE b.account_id = wanted;
END $$;
REVOKE ALL ON FUNCTION ledger.write_state(text, text) FROM PUBLIC;
