-- A page of a wallet's book as `viewer` sees it (null: an admin), newest first: lines before the one at (before_at,
-- before_stripe, before_version), or the newest. On a striped wallet a line tells no running balance, and what moved
-- between its stripes is no line. Each stripe is read in the order of the primary key, so no partition is opened that the
-- page does not reach; one plan serves all (see ledger.history_page).
CREATE OR REPLACE FUNCTION ledger.book_page(
    wanted text, viewer text, before_at timestamptz, before_stripe integer, before_version bigint, row_limit integer
) RETURNS TABLE (transaction_id text, kind text, amount_minor bigint, currency text, stripe smallint, version bigint,
                 balance_after bigint, description text, external_id text, posted_at timestamptz)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT line.transaction_id::text, t.kind, line.amount_minor::bigint, line.currency::text, line.stripe, line.version,
           CASE WHEN a.stripes = 1 THEN line.balance_after END, t.description,
           -- the initiator's own note is nobody else's
           CASE WHEN viewer IS NULL OR viewer IN (t.source_owner_id, t.actor_id) THEN t.external_id END,
           line.posted_at
      FROM ledger.account a
     CROSS JOIN generate_series(0, a.stripes - 1) s
     CROSS JOIN LATERAL (
           SELECT e.* FROM ledger.entry e
            WHERE e.account_id = a.id AND e.stripe = s::smallint AND NOT e.gathers AND e.posted_at <= before_at
              AND (e.posted_at, e.stripe, e.version) < (before_at, before_stripe, before_version)
            ORDER BY e.posted_at DESC, e.version DESC LIMIT row_limit) line
      JOIN ledger.transaction t ON t.id = line.transaction_id
     WHERE a.id = wanted
     ORDER BY line.posted_at DESC, line.stripe DESC, line.version DESC LIMIT row_limit;
END $$;
REVOKE ALL ON FUNCTION ledger.book_page(text, text, timestamptz, integer, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.book_page(text, text, timestamptz, integer, bigint, integer) TO app_rw;
