-- Ends a locked, open hold whose balance row is locked, too: exactly what remains is free again. No entry: nothing moved.
CREATE OR REPLACE FUNCTION ledger.release_hold(held ledger.hold, how text, instant timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE ledger.hold h SET state = how, remaining_minor = 0, ended_at = instant
     WHERE h.transaction_id = held.transaction_id;
    UPDATE ledger.balance b
       SET held_minor = b.held_minor - held.remaining_minor, version = b.version + 1, posted_at = instant
     WHERE b.account_id = held.source_account_id AND b.stripe = held.source_stripe;
    PERFORM ledger.change_status(held.transaction_id, how);
END $$;
REVOKE ALL ON FUNCTION ledger.release_hold(ledger.hold, text, timestamptz) FROM PUBLIC;
