-- One side of a completed movement.
CREATE OR REPLACE FUNCTION ledger.leg_facts(
    account ledger.account, amount bigint, balance_after bigint, version bigint
) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN jsonb_build_object('account_id', account.id, 'owner_id', account.owner_id, 'amount', amount,
        'balance_after', balance_after, 'version', version);
END $$;
REVOKE ALL ON FUNCTION ledger.leg_facts(ledger.account, bigint, bigint, bigint) FROM PUBLIC;
