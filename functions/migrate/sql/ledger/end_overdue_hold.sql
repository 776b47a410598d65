-- Ends one hold that is over its time, if it still is open under its locks; says whether it did.
--
-- Locks the payer's row, then the hold: where it lies never changes, so that may be read before. The server's clock is
-- read after the locks; the states of the wallets do not matter.
-- Invariants: exactly what remained is the payer's again, in no entry; status and event are of the same commit.
-- Raises where there is no such hold, and where it or its balance breaks a rule of its table.
CREATE OR REPLACE FUNCTION ledger.end_overdue_hold(hold_id text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    held    ledger.hold;
    source  ledger.purse;
    instant timestamptz;
BEGIN
    SELECT * INTO STRICT held FROM ledger.hold h WHERE h.transaction_id = hold_id;
    source := ledger.take_stripe(held.source_account_id, held.source_stripe);
    SELECT * INTO STRICT held FROM ledger.hold h WHERE h.transaction_id = hold_id FOR NO KEY UPDATE;
    IF held.state <> 'open' OR held.expires_at > clock_timestamp() THEN
        RETURN false;
    END IF;
    instant := ledger.next_instant(ARRAY[source]);
    PERFORM ledger.release_hold(held, 'expired', instant);
    PERFORM ledger.stage((extract(epoch FROM instant) * 1000000)::bigint, 'evt_' || substr(hold_id, 4) || 'x',
        held.source_account_id, 'transaction.expired', hold_id, 'expiry',
        jsonb_build_object('transaction_id', hold_id, 'amount', held.remaining_minor, 'currency', held.currency,
            'source_wallet_id', held.source_account_id, 'source_owner_id', held.source_owner_id,
            'target_wallet_id', held.target_account_id, 'target_owner_id', held.target_owner_id));
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION ledger.end_overdue_hold(text) FROM PUBLIC;
