-- Nothing limits the role in this currency any more; false where nothing did. Locks that row alone, and refuses nothing.
CREATE OR REPLACE FUNCTION ledger.remove_spending_limit(wanted_role text, wanted_currency text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    DELETE FROM ledger.spending_limit l WHERE l.role = wanted_role AND l.currency = wanted_currency::bpchar;
    RETURN FOUND;
END $$;
REVOKE ALL ON FUNCTION ledger.remove_spending_limit(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.remove_spending_limit(text, text) TO app_rw;
