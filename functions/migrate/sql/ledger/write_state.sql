-- The state of an account whose rows are all locked. The version rises: caches and expected_version see the change.
CREATE OR REPLACE FUNCTION ledger.write_state(wanted text, new_state text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger.balance b SET state = new_state, version = b.version + 1 WHERE b.account_id = wanted;
END $$;
REVOKE ALL ON FUNCTION ledger.write_state(text, text) FROM PUBLIC;
