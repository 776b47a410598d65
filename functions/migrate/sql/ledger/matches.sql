-- Whether a transaction is one that somebody looks for; a name that is not in `wanted` does not narrow. What only the
-- initiator sees of a transaction, only the initiator can look for.
CREATE OR REPLACE FUNCTION ledger.matches(t ledger.transaction, wanted jsonb, viewer text) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    wallet    text := wanted ->> 'wallet_id';
    initiator boolean := t.actor_id = viewer OR t.source_owner_id = viewer;
    sees_each boolean := initiator OR (t.kind = 'reversal' AND t.target_owner_id = viewer);  -- of a split
BEGIN
    RETURN coalesce(t.kind = wanted ->> 'kind', true)
       AND coalesce(t.status = wanted ->> 'status', true)
       AND coalesce(t.currency = wanted ->> 'currency', true)
       AND (wallet IS NULL OR wallet IN (t.source_account_id, t.target_account_id) IS TRUE
            OR (t.details @> jsonb_build_object('splits', jsonb_build_array(jsonb_build_object('wallet_id', wallet)))
                AND (sees_each OR EXISTS (
                    SELECT FROM ledger.account a WHERE a.id = wallet AND a.owner_id = viewer))))
       AND (wanted ->> 'external_id' IS NULL OR (initiator AND t.external_id = wanted ->> 'external_id'))
       AND (wanted -> 'metadata' IS NULL OR (initiator AND t.metadata @> (wanted -> 'metadata')))
       AND coalesce(t.amount_minor >= (wanted ->> 'amount_gte')::bigint, true)
       AND coalesce(t.amount_minor <= (wanted ->> 'amount_lte')::bigint, true)
       AND coalesce(t.requested_at >= (wanted ->> 'created_gte')::timestamptz, true)
       AND coalesce(t.requested_at < (wanted ->> 'created_lt')::timestamptz, true)
       AND (wanted ->> 'direction' IS NULL OR ledger.goes(t, wanted ->> 'direction', wallet, viewer));
END $$;
REVOKE ALL ON FUNCTION ledger.matches(ledger.transaction, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.matches(ledger.transaction, jsonb, text) TO app_rw, app_job;
