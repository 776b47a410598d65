-- A page of a wallet's book, newest first: lines before the one at (before_at, before_stripe, before_version), or the
-- newest. On a striped wallet a line tells no running balance, and what moved between its stripes is no line. One plan
-- serves all (see ledger.history).
CREATE OR REPLACE FUNCTION ledger.book_page(
    wanted text, before_at timestamptz, before_stripe integer, before_version bigint, row_limit integer
) RETURNS TABLE (transaction_id text, kind text, amount_minor bigint, currency text, stripe smallint, version bigint,
                 balance_after bigint, description text, external_id text, posted_at timestamptz)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT line.transaction_id::text, t.kind, line.amount_minor, line.currency::text, line.stripe, line.version,
           CASE WHEN a.stripes = 1 THEN line.balance_after END, t.description, t.external_id, line.posted_at
      FROM (SELECT e.* FROM ledger.entry e
             WHERE e.account_id = wanted AND NOT e.gathers AND e.posted_at <= before_at
               AND (e.posted_at, e.stripe, e.version) < (before_at, before_stripe, before_version)
             ORDER BY e.posted_at DESC, e.stripe DESC, e.version DESC LIMIT row_limit) line
      JOIN ledger.transaction t ON t.id = line.transaction_id
      JOIN ledger.account a ON a.id = wanted
     ORDER BY line.posted_at DESC, line.stripe DESC, line.version DESC;
END $$;
REVOKE ALL ON FUNCTION ledger.book_page(text, timestamptz, integer, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.book_page(text, timestamptz, integer, bigint, integer) TO app_rw;
