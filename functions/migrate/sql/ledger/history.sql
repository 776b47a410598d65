-- As the last release asks: a page with no bound of what is looked at.
CREATE OR REPLACE FUNCTION ledger.history(viewer text, wanted jsonb, before text, row_limit integer)
RETURNS TABLE (id text, facts jsonb)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT * FROM ledger.history_page(viewer, wanted, before, row_limit, 2147483647);
END $$;
REVOKE ALL ON FUNCTION ledger.history(text, jsonb, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.history(text, jsonb, text, integer) TO app_rw;
