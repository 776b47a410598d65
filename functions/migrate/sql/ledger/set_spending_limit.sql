-- What a role, or who is not verified, may spend in a currency, instead of what there was; null: without that limit.
--
-- Locks the limit's row alone: movements read it without a lock, so the next one is judged by what is committed.
-- Refuses nothing: the table's own rules say what a limit is.
CREATE OR REPLACE FUNCTION ledger.set_spending_limit(
    role text, currency text, per_transaction bigint, per_day bigint, per_month bigint, count_per_hour integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
    INSERT INTO ledger.spending_limit AS l (role, currency, per_transaction_minor, per_day_minor, per_month_minor,
                                            count_per_hour)
    VALUES (role, currency, per_transaction, per_day, per_month, count_per_hour)
    ON CONFLICT ON CONSTRAINT spending_limit_pkey DO UPDATE
       SET per_transaction_minor = excluded.per_transaction_minor, per_day_minor = excluded.per_day_minor,
           per_month_minor = excluded.per_month_minor, count_per_hour = excluded.count_per_hour;
END $$;
REVOKE ALL ON FUNCTION ledger.set_spending_limit(text, text, bigint, bigint, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.set_spending_limit(text, text, bigint, bigint, bigint, integer) TO app_rw;
