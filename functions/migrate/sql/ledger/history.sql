-- A page of somebody's transactions, newest first: ids below `before`, narrowed to `wanted` (ledger.matches).
--
-- Whose a transaction can be: each side comes in order from an index of its own, and the page is merged from them. A
-- failed one is its initiator's alone. Ids carry milliseconds of another clock than created_*: an hour is more than the
-- two ever differ, and bounds which partitions are read. Planning over all partitions takes longer than reading one, so
-- one plan serves all.
CREATE OR REPLACE FUNCTION ledger.history(viewer text, wanted jsonb, before text, row_limit integer)
RETURNS TABLE (id text, facts jsonb)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    lowest  text := coalesce(ledger.first_id('tx', (wanted ->> 'created_gte')::timestamptz - interval '1 hour'), 'tx_');
    highest text := least(coalesce(before, 'tx_~') COLLATE "C",
        coalesce(ledger.first_id('tx', (wanted ->> 'created_lt')::timestamptz + interval '1 hour'), 'tx_~'));
BEGIN
    RETURN QUERY
    SELECT page.id::text, ledger.facts(page.made) FROM (
        (SELECT t.id, t AS made FROM ledger.transaction t
          WHERE t.source_owner_id = viewer AND t.status <> 'failed'
            AND t.id >= lowest AND t.id < highest AND ledger.matches(t, wanted, viewer)
          ORDER BY t.id DESC LIMIT row_limit)
        UNION ALL
        (SELECT t.id, t AS made FROM ledger.transaction t
          WHERE t.target_owner_id = viewer AND t.status <> 'failed' AND t.source_owner_id IS DISTINCT FROM viewer
            AND t.id >= lowest AND t.id < highest AND ledger.matches(t, wanted, viewer)
          ORDER BY t.id DESC LIMIT row_limit)
        UNION ALL
        (SELECT t.id, t AS made FROM ledger.transaction t
          WHERE t.actor_id = viewer AND t.status = 'failed'
            AND t.id >= lowest AND t.id < highest AND ledger.matches(t, wanted, viewer)
          ORDER BY t.id DESC LIMIT row_limit)
        UNION ALL
        (SELECT t.id, t AS made FROM ledger.split_target s JOIN ledger.transaction t ON t.id = s.transaction_id
          WHERE s.owner_id = viewer AND t.source_owner_id IS DISTINCT FROM viewer
            AND t.target_owner_id IS DISTINCT FROM viewer
            AND s.transaction_id >= lowest AND s.transaction_id < highest AND ledger.matches(t, wanted, viewer)
          ORDER BY s.transaction_id DESC LIMIT row_limit)
    ) page ORDER BY page.id DESC LIMIT row_limit;
END $$;
REVOKE ALL ON FUNCTION ledger.history(text, jsonb, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.history(text, jsonb, text, integer) TO app_rw;
