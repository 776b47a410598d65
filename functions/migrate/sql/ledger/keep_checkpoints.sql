-- Remembers the balance rows of a section as they were verified, in the snapshot that verified them; those of `broken`
-- accounts stay open, so that they are looked at again.
CREATE OR REPLACE FUNCTION ledger.keep_checkpoints(section ledger.section, whole boolean, broken text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.checkpoint (account_id, stripe, version, posted_minor, posted_at, checked_at)
    SELECT b.account_id, b.stripe, b.version, b.posted_minor, b.posted_at, clock_timestamp()
      FROM ledger.opened_books(section, whole) o
      JOIN ledger.balance b ON b.account_id = o.account_id AND b.stripe = o.stripe
     WHERE o.account_id <> ALL (broken)
    ON CONFLICT (account_id, stripe) DO UPDATE
       SET version = excluded.version, posted_minor = excluded.posted_minor, posted_at = excluded.posted_at,
           checked_at = excluded.checked_at;
END $$;
REVOKE ALL ON FUNCTION ledger.keep_checkpoints(ledger.section, boolean, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.keep_checkpoints(ledger.section, boolean, text[]) TO app_job;
