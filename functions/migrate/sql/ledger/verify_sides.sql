-- Whom the transactions after one id up to another name, who may bring them back or be paid by them: the target of what
-- was posted got it, each side belongs to whom it says and has the currency of what was not refused, a split's shares are
-- its legs, sum to its amount and are told as they are, and a hold and its captures are for the same wallet. A conversion
-- and its reversal have their source's currency; so has every other movement, unless ledger.verify_transactions says
-- that a currency does not sum to zero.
CREATE OR REPLACE FUNCTION ledger.verify_sides(after_id text, upto_id text) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH run AS MATERIALIZED (
        SELECT t.* FROM ledger.transaction t WHERE t.id > after_id AND t.id <= upto_id
    ), share AS MATERIALIZED (
        SELECT s.* FROM ledger.split_target s WHERE s.transaction_id > after_id AND s.transaction_id <= upto_id
    ), leg AS (
        SELECT r.id, l.account_id, sum(l.amount) AS minor
          FROM run r CROSS JOIN LATERAL jsonb_to_recordset(r.legs) l (account_id text, amount bigint)
         GROUP BY r.id, l.account_id
    ), side AS (
        SELECT r.id, r.source_account_id AS account_id, r.source_owner_id AS owner_id,
               CASE WHEN r.status <> 'failed' THEN r.currency END AS currency
          FROM run r WHERE r.kind <> 'gathering'  -- which concerns nobody
        UNION ALL
        SELECT r.id, r.target_account_id, r.target_owner_id,
               CASE WHEN r.status <> 'failed' AND (r.source_account_id IS NULL OR r.kind NOT IN ('conversion', 'reversal'))
                    THEN r.currency END
          FROM run r WHERE r.kind <> 'gathering'
        UNION ALL SELECT s.transaction_id, s.account_id, s.owner_id, NULL FROM share s
    )
    SELECT broken.invariant, s.account_id::text, NULL::smallint, s.id::text, broken.expected, broken.found
      FROM side s LEFT JOIN ledger.account a ON a.id = s.account_id
     CROSS JOIN LATERAL (VALUES
           ('owner', a.owner_id IS NOT DISTINCT FROM s.owner_id, coalesce(a.owner_id::text, 'nobody'),
            coalesce(s.owner_id::text, 'nobody')),
           ('currency', coalesce(a.currency = s.currency, true), a.currency::text, s.currency::text)
           ) broken (invariant, holds, expected, found)
     WHERE s.account_id IS NOT NULL AND (a.owner_id IS DISTINCT FROM s.owner_id OR a.currency <> s.currency)
       AND NOT broken.holds
    UNION ALL
    SELECT 'target', r.target_account_id::text, NULL::smallint, r.id::text, 'a credit', coalesce(l.minor::text, 'no leg')
      FROM run r LEFT JOIN leg l ON l.id = r.id AND l.account_id = r.target_account_id
     WHERE r.posted_at IS NOT NULL AND r.kind NOT IN ('hold', 'void', 'gathering')
       AND r.target_account_id IS NOT NULL AND coalesce(l.minor, 0) <= 0
    UNION ALL
    SELECT 'share', s.account_id::text, NULL::smallint, s.transaction_id::text, coalesce(abs(l.minor)::text, 'no leg'),
           sum(s.amount_minor)::text
      FROM share s LEFT JOIN leg l ON l.id = s.transaction_id AND l.account_id = s.account_id
     GROUP BY s.transaction_id, s.account_id, l.minor HAVING sum(s.amount_minor) IS DISTINCT FROM abs(l.minor)
    UNION ALL
    SELECT 'shares', coalesce(r.source_account_id, r.target_account_id)::text, NULL::smallint, r.id::text,
           coalesce(s.minor || ' in ' || s.parts, 'none'), r.amount_minor || ' in ' || coalesce(told.parts::text, 'none')
      FROM run r
      LEFT JOIN (SELECT i.transaction_id, sum(i.amount_minor) AS minor,
                        jsonb_agg(jsonb_build_object('wallet_id', i.account_id, 'amount', i.amount_minor)
                                  ORDER BY i.place) AS parts
                   FROM share i GROUP BY i.transaction_id) s ON s.transaction_id = r.id
     CROSS JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object('wallet_id', p.part -> 'wallet_id', 'amount', p.part -> 'amount')
                            ORDER BY p.place) AS parts
             FROM jsonb_path_query(r.details, '$.splits[*]') WITH ORDINALITY p (part, place)) told
     WHERE r.posted_at IS NOT NULL AND (r.details ? 'splits' OR s.transaction_id IS NOT NULL)
       AND (s.minor, s.parts) IS DISTINCT FROM (r.amount_minor, told.parts)
    UNION ALL
    SELECT 'hold_target', h.source_account_id::text, h.source_stripe, r.id::text,
           coalesce(r.target_account_id::text, 'nobody'), coalesce(h.target_account_id::text, 'nobody')
      FROM run r JOIN ledger.hold h ON h.transaction_id = CASE r.kind WHEN 'hold' THEN r.id ELSE r.original_id END
     WHERE r.kind IN ('hold', 'capture') AND r.target_account_id IS NOT NULL AND r.status <> 'failed'
       AND h.target_account_id IS DISTINCT FROM r.target_account_id;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_sides(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_sides(text, text) TO app_job;
