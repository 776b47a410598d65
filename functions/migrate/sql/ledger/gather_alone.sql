-- Gathers the stripes of a wallet where nothing else moves. Entries belong to a transaction, so this is one; it has no
-- legs, no owner and no event: it concerns nobody outside. Its id is made here: the instant, then randomness, in
-- characters that ours have, too (ids.py).
--
-- Locks and refuses nothing: all rows are locked, and the others can spare something.
CREATE OR REPLACE FUNCTION ledger.gather_alone(purse ledger.purse) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    instant        timestamptz := ledger.next_instant(ARRAY[purse]);
    transaction_id text := ledger.first_id('tx', instant) || right(replace(gen_random_uuid()::text, '-', ''), 16);
    gathered       ledger.purse := ledger.gather(transaction_id, purse, instant);
BEGIN
    INSERT INTO ledger.transaction (id, kind, status, currency, amount_minor, source_account_id, actor_id, request_id,
                                    requested_at, posted_at)
    VALUES (transaction_id, 'gathering', 'completed', purse.currency, gathered.posted_minor - purse.posted_minor,
            purse.account_id, 'ledger', 'ledger', instant, instant);
END $$;
REVOKE ALL ON FUNCTION ledger.gather_alone(ledger.purse) FROM PUBLIC;
