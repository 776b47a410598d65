-- Where the book of one wallet, or of one stripe of our own, is cut so that a statement has about `entries_max` entries
-- to verify: the end of the piece that begins after an instant. Null: the rest is one piece, as every other section is.
-- All entries of a movement have one instant, so no movement is cut. Without sorting, so that the entries are read in
-- their order and no further.
CREATE OR REPLACE FUNCTION ledger.next_cut(
    section ledger.section, whole boolean, after_at timestamptz, entries_max integer
) RETURNS timestamptz
LANGUAGE plpgsql STABLE SET enable_sort = off AS $$
DECLARE
    accounts bigint;
    books    bigint;
    changes  numeric;
    cut      timestamptz;
BEGIN
    SELECT count(DISTINCT b.account_id), count(*), coalesce(sum(b.version - o.version), 0)
      INTO STRICT accounts, books, changes
      FROM ledger.opened_books(section, whole) o
      JOIN ledger.balance b ON b.account_id = o.account_id AND b.stripe = o.stripe;
    IF accounts <> 1 OR changes <= entries_max THEN
        RETURN NULL;
    END IF;
    SELECT min(nth.posted_at) INTO STRICT cut
      FROM ledger.opened_books(section, whole) o
     CROSS JOIN LATERAL (
           SELECT e.posted_at FROM ledger.entry e
            WHERE e.account_id = o.account_id AND e.stripe = o.stripe AND e.version > o.version
              AND e.posted_at >= o.posted_at AND e.posted_at > after_at
            ORDER BY e.posted_at OFFSET greatest(entries_max / books, 1) - 1 LIMIT 1) nth;
    RETURN cut;
END $$;
REVOKE ALL ON FUNCTION ledger.next_cut(ledger.section, boolean, timestamptz, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.next_cut(ledger.section, boolean, timestamptz, integer) TO app_job;
