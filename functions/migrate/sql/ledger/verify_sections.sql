-- The balance rows to verify, in sections with about `entries_max` entries each (a version is an entry, or nearly): all
-- of them if `whole`, else those that have changed since their checkpoint. The stripes of a wallet are in one section;
-- those of our own accounts may be in several. Who has more entries than that has a section alone, so that it can be cut
-- by instants (ledger.next_cut).
CREATE OR REPLACE FUNCTION ledger.verify_sections(whole boolean, entries_max integer) RETURNS SETOF ledger.section
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH unit AS (
        SELECT b.account_id, CASE WHEN a.kind = 'wallet' THEN 63 ELSE b.stripe END::smallint AS stripe,
               sum(b.version - coalesce(c.version, 0)) AS entries
          FROM ledger.balance b
          JOIN ledger.account a ON a.id = b.account_id
          LEFT JOIN ledger.checkpoint c ON NOT whole AND c.account_id = b.account_id AND c.stripe = b.stripe
         WHERE (b.version, b.posted_minor) IS DISTINCT FROM (c.version, c.posted_minor)
         GROUP BY 1, 2
    ), run AS (
        SELECT u.account_id, u.stripe, div(sum(u.entries) OVER everything, entries_max) AS part,
               count(*) FILTER (WHERE u.entries >= entries_max) OVER (everything ROWS BETWEEN UNBOUNDED PRECEDING
                                                                                     AND 1 PRECEDING) AS long_before
          FROM unit u
        WINDOW everything AS (ORDER BY u.account_id, u.stripe)
    ), bound AS (
        SELECT DISTINCT ON (r.part, r.long_before) r.account_id, r.stripe FROM run r
         ORDER BY r.part, r.long_before, r.account_id DESC, r.stripe DESC
    )
    SELECT lag(b.account_id, 1, ''::text) OVER everything::text, lag(b.stripe, 1, 0::smallint) OVER everything,
           b.account_id::text, b.stripe
      FROM (SELECT o.account_id::text, o.stripe FROM bound o) b
    WINDOW everything AS (ORDER BY b.account_id COLLATE "C", b.stripe);
END $$;
REVOKE ALL ON FUNCTION ledger.verify_sections(boolean, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_sections(boolean, integer) TO app_job;
