-- Whom the transactions after one id up to another name, who may bring them back or be paid by them: the target of what
-- was posted got it, each side belongs to whom it says, a split's shares are its legs and sum to its amount, and a hold
-- and its captures are for the same wallet.
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
        SELECT r.id, r.source_account_id AS account_id, r.source_owner_id AS owner_id
          FROM run r WHERE r.kind <> 'gathering'  -- which concerns nobody
        UNION ALL SELECT r.id, r.target_account_id, r.target_owner_id FROM run r WHERE r.kind <> 'gathering'
        UNION ALL SELECT s.transaction_id, s.account_id, s.owner_id FROM share s
    )
    SELECT 'owner', s.account_id::text, NULL::smallint, s.id::text, coalesce(a.owner_id::text, 'nobody'),
           coalesce(s.owner_id::text, 'nobody')
      FROM side s LEFT JOIN ledger.account a ON a.id = s.account_id
     WHERE s.account_id IS NOT NULL AND a.owner_id IS DISTINCT FROM s.owner_id
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
           r.amount_minor::text, coalesce(sum(s.amount_minor)::text, 'none')
      FROM run r LEFT JOIN share s ON s.transaction_id = r.id
     WHERE r.posted_at IS NOT NULL AND r.details ? 'splits'
     GROUP BY r.id, r.source_account_id, r.target_account_id, r.amount_minor
    HAVING sum(s.amount_minor) IS DISTINCT FROM r.amount_minor
    UNION ALL
    SELECT 'hold_target', h.source_account_id::text, h.source_stripe, r.id::text,
           coalesce(r.target_account_id::text, 'nobody'), coalesce(h.target_account_id::text, 'nobody')
      FROM run r JOIN ledger.hold h ON h.transaction_id = CASE r.kind WHEN 'hold' THEN r.id ELSE r.original_id END
     WHERE r.kind IN ('hold', 'capture') AND r.target_account_id IS NOT NULL AND r.status <> 'failed'
       AND h.target_account_id IS DISTINCT FROM r.target_account_id;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_sides(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_sides(text, text) TO app_job;
