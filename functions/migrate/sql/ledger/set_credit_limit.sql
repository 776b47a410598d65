-- How far a wallet may go below nothing, in minor units. A limit that is already used up beyond the new one is refused,
-- judged over all stripes. It stands on stripe 0 alone: where that stripe uses more of it than the new one allows, what
-- the others can spare comes there first.
--
-- Locks nothing but, where the new limit lacks funds, the wallet's overdue holds, which end first: all rows of the
-- wallet are locked.
-- Invariants: stripe 0 has the limit as its floor, the others have 0; no row is below its floor; the version rises.
-- Refuses: insufficient_funds, with what is missing.
CREATE OR REPLACE FUNCTION ledger.set_credit_limit(purse ledger.purse, credit_limit bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    available bigint := purse.posted_minor - purse.held_minor + purse.spare_minor;
BEGIN
    IF available < -credit_limit AND ledger.end_overdue_holds(purse.account_id) THEN
        purse := ledger.take_whole_purse(purse.account_id);
        available := purse.posted_minor - purse.held_minor + purse.spare_minor;
    END IF;
    IF available < -credit_limit THEN
        RETURN jsonb_build_object('code', 'insufficient_funds', 'wallet_id', purse.account_id,
            'short_by', -credit_limit - available);
    ELSIF purse.posted_minor - purse.held_minor < -credit_limit THEN
        PERFORM ledger.gather_alone(purse);
    END IF;
    UPDATE ledger.balance b SET floor_minor = -credit_limit WHERE b.account_id = purse.account_id AND b.stripe = 0;
    PERFORM ledger.write_state(purse.account_id, purse.state);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.set_credit_limit(ledger.purse, bigint) FROM PUBLIC;
