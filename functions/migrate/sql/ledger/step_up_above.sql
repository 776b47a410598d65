-- What a request may move in a currency, in minor units, without a second factor that was just shown: what an admin set,
-- else 1,000,000 (10,000.00 EUR; 1,000,000 JPY).
CREATE OR REPLACE FUNCTION ledger.step_up_above(code text) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT l.above_minor FROM ledger.step_up_limit l WHERE l.currency = code::bpchar), 1000000);
END $$;
REVOKE ALL ON FUNCTION ledger.step_up_above(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.step_up_above(text) TO app_rw;
