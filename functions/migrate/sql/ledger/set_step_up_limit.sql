-- From which amount on a request needs the second factor in a currency, instead of what there was.
--
-- Locks the limit's row alone: movements read it without a lock (ledger.step_up_above). Refuses nothing: the table's
-- own rules say what a limit is.
CREATE OR REPLACE FUNCTION ledger.set_step_up_limit(currency text, above bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.step_up_limit (currency, above_minor) VALUES (currency, above)
    ON CONFLICT ON CONSTRAINT step_up_limit_pkey DO UPDATE SET above_minor = excluded.above_minor;
END $$;
REVOKE ALL ON FUNCTION ledger.set_step_up_limit(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.set_step_up_limit(text, bigint) TO app_rw;
