-- The transactions after one id up to another: each leg is an entry of its own transaction, what is posted in one
-- currency sums to zero, and the payer's leg is the amount. A hold and its end move nothing and have no legs; what moves
-- between the stripes of one account is nobody's leg. Where several pay (a split's reversal), the target's leg is the
-- amount.
CREATE OR REPLACE FUNCTION ledger.verify_transactions(after_id text, upto_id text) RETURNS SETOF ledger.violation
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY
    WITH told AS MATERIALIZED (
        SELECT t.id, coalesce(t.source_account_id, t.target_account_id) AS payer_id, t.amount_minor,
               leg.account_id, leg.stripe, leg.stripe_version, leg.amount,
               e.transaction_id, e.amount_minor AS posted_minor,
               sum(e.amount_minor) OVER (PARTITION BY t.id, e.currency) AS total,
               bool_and(coalesce(e.transaction_id = t.id AND e.amount_minor = leg.amount, false))
                   OVER (PARTITION BY t.id) AS complete
          FROM ledger.transaction t
          CROSS JOIN LATERAL jsonb_to_recordset(t.legs)
                leg (account_id text, stripe smallint, stripe_version bigint, amount bigint)
          LEFT JOIN LATERAL (
              SELECT * FROM ledger.entry i
               WHERE i.account_id = leg.account_id AND i.stripe = leg.stripe AND i.version = leg.stripe_version
                 AND i.posted_at = t.posted_at AND NOT i.gathers LIMIT 1) e ON true
         WHERE t.id > after_id AND t.id <= upto_id
    )
    SELECT 'leg_without_entry', l.account_id, l.stripe, l.id::text, l.amount || ' as version ' || l.stripe_version,
           coalesce(l.posted_minor || ' of ' || l.transaction_id, 'no entry')
      FROM told l WHERE (l.transaction_id, l.posted_minor) IS DISTINCT FROM (l.id, l.amount)
    UNION ALL
    SELECT 'zero_sum', l.account_id, l.stripe, l.id::text, '0', l.total::text FROM told l
     WHERE l.complete AND l.total <> 0  -- else the leg is at fault, and its wallet alone
    UNION ALL
    SELECT 'amount', t.source_account_id::text, NULL::smallint, t.id::text, (-t.amount_minor)::text,
           coalesce(paid.minor::text, 'no leg')
      FROM ledger.transaction t
      LEFT JOIN (SELECT l.id, sum(l.amount) AS minor FROM told l
                  WHERE l.account_id = l.payer_id GROUP BY l.id) paid ON paid.id = t.id
     WHERE t.id > after_id AND t.id <= upto_id
       AND paid.minor IS DISTINCT FROM CASE WHEN t.source_account_id IS NULL THEN t.amount_minor
           WHEN t.status <> 'failed' AND t.kind NOT IN ('hold', 'void', 'gathering') THEN -t.amount_minor END;
END $$;
REVOKE ALL ON FUNCTION ledger.verify_transactions(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.verify_transactions(text, text) TO app_job;
