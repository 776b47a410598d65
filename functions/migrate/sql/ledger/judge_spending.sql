-- The first limit that `amount` would exceed, as the refusal that names it, or null. Amounts in minor units. Nothing is
-- added to what was spent: that sum may be above what a bigint can tell.
CREATE OR REPLACE FUNCTION ledger.judge_spending(
    allowed ledger.spending_limit, spent ledger.spending, amount bigint
) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF amount > allowed.per_transaction_minor THEN
        RETURN jsonb_build_object('code', 'limit_exceeded', 'limit', 'per_transaction',
            'allowed', allowed.per_transaction_minor, 'used', 0, 'resets_at', NULL);
    ELSIF spent.day_minor > allowed.per_day_minor - amount THEN
        RETURN jsonb_build_object('code', 'limit_exceeded', 'limit', 'per_day',
            'allowed', allowed.per_day_minor, 'used', spent.day_minor,
            'resets_at', ledger.rfc3339((spent.day + 1)::timestamp AT TIME ZONE 'UTC'));
    ELSIF spent.month_minor > allowed.per_month_minor - amount THEN
        RETURN jsonb_build_object('code', 'limit_exceeded', 'limit', 'per_month',
            'allowed', allowed.per_month_minor, 'used', spent.month_minor,
            'resets_at', ledger.rfc3339((spent.month + interval '1 month') AT TIME ZONE 'UTC'));
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger.judge_spending(ledger.spending_limit, ledger.spending, bigint) FROM PUBLIC;
