-- Who gets what of a split transfer, or gives what back of it, in the order of the request.
CREATE OR REPLACE FUNCTION ledger.record_split(transaction_id text, purses ledger.purse[], amounts bigint[])
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    FOR place IN 1..cardinality(purses) LOOP
        INSERT INTO ledger.split_target (transaction_id, place, account_id, owner_id, amount_minor)
        VALUES (record_split.transaction_id, place, (purses[place]).account_id, (purses[place]).owner_id,
                abs(amounts[place]));
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION ledger.record_split(text, ledger.purse[], bigint[]) FROM PUBLIC;
