-- The currency has the limit again that all have; false where it had it. Locks that row alone, and refuses nothing.
CREATE OR REPLACE FUNCTION ledger.remove_step_up_limit(wanted_currency text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM ledger.step_up_limit l WHERE l.currency = wanted_currency::bpchar;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION ledger.remove_step_up_limit(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.remove_step_up_limit(text) TO app_rw;
