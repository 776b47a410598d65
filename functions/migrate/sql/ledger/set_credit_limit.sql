-- How far a wallet may go below nothing, in minor units: on stripe 0 alone. A limit that is already used up beyond the
-- new one is refused.
CREATE OR REPLACE FUNCTION ledger.set_credit_limit(purse ledger.purse, credit_limit bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    IF purse.posted_minor - purse.held_minor < -credit_limit THEN
        RETURN jsonb_build_object('code', 'insufficient_funds', 'wallet_id', purse.account_id,
            'short_by', purse.held_minor - purse.posted_minor - credit_limit);
    END IF;
    UPDATE ledger.balance b SET floor_minor = -credit_limit WHERE b.account_id = purse.account_id AND b.stripe = 0;
    PERFORM ledger.write_state(purse.account_id, purse.state);
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.set_credit_limit(ledger.purse, bigint) FROM PUBLIC;
