-- The chain of each balance row's entries: each balance_after is the one before plus the amount, versions rise, the
-- instant never goes back, the currency is the account's; and the row has what the last entry left, which is also the
-- sum of all. Of a long book it looks at the piece after one instant up to another, and at the row with the last piece.
CREATE OR REPLACE FUNCTION ledger.verify_books(
    section ledger.section, whole boolean, after_at timestamptz DEFAULT '-infinity', upto_at timestamptz DEFAULT 'infinity'
) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH opened AS MATERIALIZED (
        SELECT * FROM ledger.books_before(section, whole, after_at)
    ), link AS MATERIALIZED (
        SELECT e.*, lag(e.balance_after, 1, o.posted_minor) OVER book + e.amount_minor AS due,
               lag(e.version, 1, o.version) OVER book AS last_version,
               lag(e.posted_at, 1, o.posted_at) OVER book AS last_posted_at
          FROM opened o
          JOIN ledger.opened_entries(section, whole, after_at, upto_at) e
            ON e.account_id = o.account_id AND e.stripe = o.stripe
        WINDOW book AS (PARTITION BY e.account_id, e.stripe ORDER BY e.version, e.posted_at)
    ), total AS (
        SELECT o.account_id, o.stripe, b.posted_minor, b.version, b.posted_at,
               coalesce(l.last_version, o.version) AS last_version,
               coalesce(l.last_posted_at, o.posted_at) AS last_posted_at,
               o.posted_minor + coalesce(l.amount, 0) AS due
          FROM opened o
          JOIN ledger.balance b ON b.account_id = o.account_id AND b.stripe = o.stripe
          LEFT JOIN (SELECT i.account_id, i.stripe, sum(i.amount_minor) AS amount, max(i.version) AS last_version,
                            max(i.posted_at) AS last_posted_at
                       FROM link i GROUP BY i.account_id, i.stripe) l
            ON l.account_id = o.account_id AND l.stripe = o.stripe
         WHERE upto_at = 'infinity'
    )
    SELECT 'balance_after', l.account_id::text, l.stripe, l.transaction_id::text, l.due::text, l.balance_after::text
      FROM link l WHERE l.balance_after <> l.due
    UNION ALL
    SELECT 'version_order', l.account_id::text, l.stripe, l.transaction_id::text, 'above ' || l.last_version,
           l.version::text FROM link l WHERE l.version <= l.last_version
    UNION ALL
    SELECT 'time_order', l.account_id::text, l.stripe, l.transaction_id::text,
           'from ' || ledger.rfc3339(l.last_posted_at), ledger.rfc3339(l.posted_at)
      FROM link l WHERE l.posted_at < l.last_posted_at
    UNION ALL
    SELECT 'entry_currency', l.account_id::text, l.stripe, l.transaction_id::text, a.currency::text, l.currency::text
      FROM link l JOIN ledger.account a ON a.id = l.account_id WHERE l.currency <> a.currency
    UNION ALL
    SELECT 'posted', t.account_id::text, t.stripe, NULL, t.due::text, t.posted_minor::text
      FROM total t WHERE t.posted_minor <> t.due
    UNION ALL
    SELECT 'row_behind_entries', t.account_id::text, t.stripe, NULL,
           'from ' || t.last_version || ' of ' || ledger.rfc3339(t.last_posted_at),
           t.version || ' of ' || ledger.rfc3339(t.posted_at)
      FROM total t WHERE t.version < t.last_version OR t.posted_at < t.last_posted_at;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_books(ledger.section, boolean, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_books(ledger.section, boolean, timestamptz, timestamptz) TO app_job;
