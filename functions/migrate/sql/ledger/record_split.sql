-- Who gets what of a split transfer, in the order of the request: the purses after the payer's.
CREATE OR REPLACE FUNCTION ledger.record_split(transaction_id text, purses ledger.purse[], amounts bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 2..cardinality(purses) LOOP
        INSERT INTO ledger.split_target (transaction_id, place, account_id, owner_id, amount_minor)
        VALUES (record_split.transaction_id, place - 1, (purses[place]).account_id, (purses[place]).owner_id,
                amounts[place]);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION ledger.record_split(text, ledger.purse[], bigint[]) FROM PUBLIC;
