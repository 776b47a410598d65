-- The hold of a transaction, on the stripe that was taken. On a striped wallet it may first need what others can spare.
--
-- Locks and refuses nothing: the payer's row is locked and judged; where it lacks what others have, all stripes are.
-- Invariants: the row holds more by exactly the hold's amount; its floor stands.
CREATE OR REPLACE FUNCTION ledger.set_aside(t ledger.transaction, payer ledger.purse, ends timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    source ledger.purse := payer;
BEGIN
    IF source.posted_minor - source.held_minor - t.amount_minor < source.floor_minor THEN
        source := ledger.gather(t.id, source, t.requested_at);
    END IF;
    IF payer.waited THEN
        PERFORM ledger.note_wait(payer);
    END IF;
    INSERT INTO ledger.hold (transaction_id, source_account_id, source_stripe, source_owner_id,
                             target_account_id, target_owner_id, currency, amount_minor, remaining_minor, expires_at)
    VALUES (t.id, source.account_id, source.stripe, source.owner_id, t.target_account_id, t.target_owner_id,
            t.currency, t.amount_minor, t.amount_minor, ends);
    UPDATE ledger.balance b
       SET held_minor = b.held_minor + t.amount_minor, version = b.version + 1, posted_at = t.requested_at
     WHERE b.account_id = source.account_id AND b.stripe = source.stripe;
END $$;
REVOKE ALL ON FUNCTION ledger.set_aside(ledger.transaction, ledger.purse, timestamptz) FROM PUBLIC;
