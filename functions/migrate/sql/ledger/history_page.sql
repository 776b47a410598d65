-- A page of somebody's transactions, newest first: ids below `before`, narrowed to `wanted` (ledger.matches). At most
-- `look_limit` of them are looked at, so a page of a long history in which few match ends in time, too: then a row without
-- facts says how far it came, and the next page goes on there.
--
-- Whose a transaction can be: each side comes in order from an index of its own, and the page is merged from them. A
-- failed one is its initiator's alone. Ids carry milliseconds of another clock than created_*: an hour is more than the
-- two ever differ, and bounds which partitions are read. Planning over all partitions takes longer than reading one, so
-- one plan serves all.
CREATE OR REPLACE FUNCTION ledger.history_page(
    viewer text, wanted jsonb, before text, row_limit integer, look_limit integer
) RETURNS TABLE (id text, facts jsonb)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    lowest  text := coalesce(ledger.first_id('tx', (wanted ->> 'created_gte')::timestamptz - interval '1 hour'), 'tx_');
    highest text := least(coalesce(before, 'tx_~') COLLATE "C",
        coalesce(ledger.first_id('tx', (wanted ->> 'created_lt')::timestamptz + interval '1 hour'), 'tx_~'));
    looked  record;
    looks   integer := 0;
    shown   integer := 0;
BEGIN
    FOR looked IN
        SELECT u.id, u.made FROM (
            (SELECT t.id, t AS made FROM ledger.transaction t
              WHERE t.source_owner_id = viewer AND t.status <> 'failed' AND t.id >= lowest AND t.id < highest
              ORDER BY t.id DESC LIMIT look_limit)
            UNION ALL
            (SELECT t.id, t AS made FROM ledger.transaction t
              WHERE t.target_owner_id = viewer AND t.status <> 'failed' AND t.source_owner_id IS DISTINCT FROM viewer
                AND t.id >= lowest AND t.id < highest
              ORDER BY t.id DESC LIMIT look_limit)
            UNION ALL
            (SELECT t.id, t AS made FROM ledger.transaction t
              WHERE t.actor_id = viewer AND t.status = 'failed' AND t.id >= lowest AND t.id < highest
              ORDER BY t.id DESC LIMIT look_limit)
            UNION ALL
            -- once, however many of the wallets are the viewer's
            (SELECT t.id, t AS made
               FROM (SELECT DISTINCT s.transaction_id FROM ledger.split_target s
                      WHERE s.owner_id = viewer AND s.transaction_id >= lowest AND s.transaction_id < highest
                      ORDER BY s.transaction_id DESC LIMIT look_limit) s
               JOIN ledger.transaction t ON t.id = s.transaction_id
              WHERE t.source_owner_id IS DISTINCT FROM viewer AND t.target_owner_id IS DISTINCT FROM viewer)
        ) u ORDER BY u.id DESC LIMIT look_limit
    LOOP
        looks := looks + 1;
        id := looked.id;
        IF ledger.matches(looked.made, wanted, viewer) THEN
            facts := ledger.facts(looked.made);
            RETURN NEXT;
            shown := shown + 1;
            EXIT WHEN shown = row_limit;
        END IF;
        IF looks = look_limit THEN
            facts := NULL;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION ledger.history_page(text, jsonb, text, integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.history_page(text, jsonb, text, integer, integer) TO app_rw;
