-- The opened books of a section as the last entry up to an instant left them: there a piece of a long book begins. Without
-- sorting, so that this entry is read and none before it.
CREATE OR REPLACE FUNCTION ledger.books_before(section ledger.section, whole boolean, after_at timestamptz)
RETURNS SETOF ledger.checkpoint
LANGUAGE plpgsql STABLE SET enable_sort = off AS $$
BEGIN
    RETURN QUERY
    SELECT o.account_id, o.stripe, coalesce(last.version, o.version), coalesce(last.balance_after, o.posted_minor),
           coalesce(last.posted_at, o.posted_at), o.checked_at
      FROM ledger.opened_books(section, whole) o
      LEFT JOIN LATERAL (
           SELECT e.version, e.balance_after, e.posted_at FROM ledger.entry e
            WHERE after_at > '-infinity' AND e.account_id = o.account_id AND e.stripe = o.stripe
              AND e.version > o.version AND e.posted_at >= o.posted_at AND e.posted_at <= after_at
            ORDER BY e.posted_at DESC, e.version DESC LIMIT 1) last ON true;
END $$;
REVOKE ALL ON FUNCTION ledger.books_before(ledger.section, boolean, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.books_before(ledger.section, boolean, timestamptz) TO app_job;
