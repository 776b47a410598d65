-- The balance rows to verify, in sections with about `entries_max` entries each (a version is an entry, or nearly): all
-- of them if `whole`, else those that have changed since their checkpoint. A wallet is never cut; the stripes of our own
-- accounts may be.
CREATE OR REPLACE FUNCTION ledger.verify_sections(whole boolean, entries_max integer) RETURNS SETOF ledger.section
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH run AS (
        SELECT b.account_id, CASE WHEN a.kind = 'wallet' THEN 63 ELSE b.stripe END::smallint AS stripe,
               div(sum(b.version - coalesce(c.version, 0)) OVER (ORDER BY b.account_id, b.stripe), entries_max) AS part
          FROM ledger.balance b
          JOIN ledger.account a ON a.id = b.account_id
          LEFT JOIN ledger.checkpoint c ON NOT whole AND c.account_id = b.account_id AND c.stripe = b.stripe
         WHERE (b.version, b.posted_minor) IS DISTINCT FROM (c.version, c.posted_minor)
    ), bound AS (
        SELECT DISTINCT ON (r.part) r.account_id, r.stripe FROM run r
         ORDER BY r.part, r.account_id DESC, r.stripe DESC
    )
    SELECT lag(b.account_id, 1, ''::text) OVER everything::text, lag(b.stripe, 1, 0::smallint) OVER everything,
           b.account_id::text, b.stripe
      FROM (SELECT DISTINCT o.account_id::text, o.stripe FROM bound o) b
    WINDOW everything AS (ORDER BY b.account_id COLLATE "C", b.stripe);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_sections(boolean, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_sections(boolean, integer) TO app_job;
