-- A later status of a transaction; a trigger allows only the listed edges. Whoever caches it sees the version rise.
CREATE OR REPLACE FUNCTION ledger.change_status(transaction_id text, new_status text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger.transaction t SET status = new_status, version = t.version + 1 WHERE t.id = transaction_id;
END $$;
REVOKE ALL ON FUNCTION ledger.change_status(text, text) FROM PUBLIC;
