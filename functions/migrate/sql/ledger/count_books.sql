-- How much of a section there is to verify after one instant up to another: entries; and wallets, where it begins.
CREATE OR REPLACE FUNCTION ledger.count_books(
    section ledger.section, whole boolean, OUT entries bigint, OUT wallets bigint,
    after_at timestamptz DEFAULT '-infinity', upto_at timestamptz DEFAULT 'infinity'
)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT count(*) INTO STRICT count_books.entries
      FROM ledger.opened_entries(section, whole, after_at, upto_at);
    SELECT count(DISTINCT a.id) INTO STRICT count_books.wallets
      FROM ledger.opened_books(section, whole) o JOIN ledger.account a ON a.id = o.account_id
     WHERE a.kind = 'wallet' AND after_at = '-infinity';
END $$;
REVOKE ALL ON FUNCTION ledger.count_books(ledger.section, boolean, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.count_books(ledger.section, boolean, timestamptz, timestamptz) TO app_job;
