-- Each entry of a section's books, or of their piece after one instant up to another: its transaction exists and tells it
-- among its legs. One between the stripes of an account is nobody's leg; ledger.verify_gatherings looks at those. LIMIT 1
-- keeps to the index, entry by entry.
CREATE OR REPLACE FUNCTION ledger.verify_entries(
    section ledger.section, whole boolean, after_at timestamptz DEFAULT '-infinity', upto_at timestamptz DEFAULT 'infinity'
) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    SELECT CASE WHEN t.id IS NULL THEN 'entry_without_transaction' ELSE 'entry_without_leg' END, e.account_id::text,
           e.stripe, e.transaction_id::text, e.amount_minor || ' as version ' || e.version,
           CASE WHEN t.id IS NULL THEN 'no transaction' ELSE t.legs::text END
      FROM ledger.opened_entries(section, whole, after_at, upto_at) e
      LEFT JOIN LATERAL (SELECT m.id, m.legs FROM ledger.transaction m WHERE m.id = e.transaction_id LIMIT 1) t ON true
     WHERE t.id IS NULL
        OR NOT e.gathers AND NOT t.legs @> jsonb_build_array(jsonb_build_object('account_id', e.account_id,
               'stripe', e.stripe, 'stripe_version', e.version, 'amount', e.amount_minor));
END $$;
REVOKE ALL ON FUNCTION ledger.verify_entries(ledger.section, boolean, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_entries(ledger.section, boolean, timestamptz, timestamptz) TO app_job;
