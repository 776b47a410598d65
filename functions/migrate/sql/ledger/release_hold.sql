-- Ends a locked, open hold whose balance row is locked, too: exactly what remains is free again. No entry: nothing moved.
--
-- Locks and refuses nothing; a hold that has ended before raises (a trigger), so a hold ends once.
-- Invariants: of the hold nothing remains; its row holds less by exactly what remained and has its next version; the
-- transaction has the hold's state as its status.
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
