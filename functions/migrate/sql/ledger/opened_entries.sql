-- The entries of a section's opened books, later than one instant up to another. OFFSET 0 keeps to the entries' key, book
-- by book: what stands before the checkpoint or outside the instants is not read. A whole section lies together there,
-- and its books may be many and short: they are read in one go.
CREATE OR REPLACE FUNCTION ledger.opened_entries(
    section ledger.section, whole boolean, after_at timestamptz, upto_at timestamptz
) RETURNS SETOF ledger.entry
LANGUAGE plpgsql STABLE ROWS 100000 AS $$
BEGIN
    IF whole AND after_at = '-infinity' AND upto_at = 'infinity' THEN
        RETURN QUERY
        SELECT e.* FROM ledger.entry e
         WHERE (e.account_id, e.stripe) > (section.after_account, section.after_stripe)
           AND (e.account_id, e.stripe) <= (section.upto_account, section.upto_stripe);
        RETURN;
    END IF;
    RETURN QUERY
    SELECT e.* FROM ledger.opened_books(section, whole) o
     CROSS JOIN LATERAL (
           SELECT i.* FROM ledger.entry i
            WHERE i.account_id = o.account_id AND i.stripe = o.stripe AND i.version > o.version
              AND i.posted_at >= o.posted_at AND i.posted_at > after_at AND i.posted_at <= upto_at OFFSET 0) e;
END $$;
REVOKE ALL ON FUNCTION ledger.opened_entries(ledger.section, boolean, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.opened_entries(ledger.section, boolean, timestamptz, timestamptz) TO app_job;
