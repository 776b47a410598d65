-- How much of a section there is to verify: entries, and wallets.
CREATE OR REPLACE FUNCTION ledger.count_books(section ledger.section, whole boolean, OUT entries bigint, OUT wallets bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT count(*) INTO STRICT count_books.entries
      FROM ledger.opened_books(section, whole) o
      JOIN ledger.entry e ON e.account_id = o.account_id AND e.stripe = o.stripe AND e.version > o.version;
    SELECT count(DISTINCT a.id) INTO STRICT count_books.wallets
      FROM ledger.opened_books(section, whole) o JOIN ledger.account a ON a.id = o.account_id
     WHERE a.kind = 'wallet';
END $$;
REVOKE ALL ON FUNCTION ledger.count_books(ledger.section, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.count_books(ledger.section, boolean) TO app_job;
