-- The next verification of what is new begins at the first entry of these accounts.
CREATE OR REPLACE FUNCTION ledger.forget_checkpoints(accounts text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM ledger.checkpoint c WHERE c.account_id = ANY (accounts);
END $$;
REVOKE ALL ON FUNCTION ledger.forget_checkpoints(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.forget_checkpoints(text[]) TO app_job;
