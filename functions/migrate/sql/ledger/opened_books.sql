-- The balance rows of a section, each with where its verification begins: at nothing if `whole`, else at its checkpoint,
-- and then only where it has changed since, by its version or by hand. A checkpoint that was younger than 5 s when the
-- transaction began is left alone for now: every call within one verification opens the same books.
CREATE OR REPLACE FUNCTION ledger.opened_books(section ledger.section, whole boolean) RETURNS SETOF ledger.checkpoint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT b.account_id, b.stripe, coalesce(c.version, 0), coalesce(c.posted_minor, 0),
           coalesce(c.posted_at, '-infinity'), coalesce(c.checked_at, '-infinity')
      FROM ledger.balance b
      LEFT JOIN ledger.checkpoint c ON NOT whole AND c.account_id = b.account_id AND c.stripe = b.stripe
     WHERE (b.account_id, b.stripe) > (section.after_account, section.after_stripe)
       AND (b.account_id, b.stripe) <= (section.upto_account, section.upto_stripe)
       AND (c.version IS NULL
            OR ((c.version, c.posted_minor) <> (b.version, b.posted_minor) AND c.checked_at < now() - interval '5 s'));
END $$;
REVOKE ALL ON FUNCTION ledger.opened_books(ledger.section, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.opened_books(ledger.section, boolean) TO app_job;
