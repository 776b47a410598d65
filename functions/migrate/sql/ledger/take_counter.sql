-- Locks what somebody has spent in a currency, and gives it; the row is made where there is none.
-- Waits for it as long as lock_timeout allows. True afterwards: nobody else counts for this payer until the commit.
CREATE OR REPLACE FUNCTION ledger.take_counter(owner text, wanted_currency text) RETURNS ledger.spending
LANGUAGE plpgsql AS $$
DECLARE
    spent ledger.spending;
BEGIN
    INSERT INTO ledger.spending (owner_id, currency, hour, hour_count, day, day_minor, month, month_minor)
    VALUES (owner, wanted_currency, '-infinity', 0, '-infinity', 0, '-infinity', 0) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT spent FROM ledger.spending s
     WHERE s.owner_id = owner AND s.currency = wanted_currency::bpchar FOR NO KEY UPDATE;
    RETURN spent;
END $$;
REVOKE ALL ON FUNCTION ledger.take_counter(text, text) FROM PUBLIC;
