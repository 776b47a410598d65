-- Adds an exchange rate. Older ones stay, for the quotes that were made at them; the newest of a pair counts.
--
-- Locks and refuses nothing: the table's own rules say what a rate is.
-- Invariants: no rate is ever changed or removed; its instant is the server's.
CREATE OR REPLACE FUNCTION ledger.load_rate(
    rate_id text, source_currency text, target_currency text, rate numeric, loaded_by text
) RETURNS TABLE (shown_rate text, shown_loaded_at text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    RETURN QUERY
    INSERT INTO ledger.exchange_rate AS r (id, source_currency, target_currency, rate, loaded_by)
    VALUES (rate_id, source_currency, target_currency, rate, loaded_by)
    RETURNING trim_scale(r.rate)::text, ledger.rfc3339(r.loaded_at);
END $$;
REVOKE ALL ON FUNCTION ledger.load_rate(text, text, text, numeric, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.load_rate(text, text, text, numeric, text) TO app_rw;
