-- Transactions whose status is wrong: what was captured of a hold and brought back of a movement is what later transactions
-- say, never more than there was, and the status tells it; a hold is of the amount, from whom and until when the transaction
-- says. The caller says which it looks at, and reads no others: a
-- function in SQL becomes a part of the statement that calls it.
CREATE OR REPLACE FUNCTION ledger.broken_statuses()
RETURNS TABLE (id public.id, invariant text, account_id text, stripe smallint, expected text, found text)
LANGUAGE sql STABLE AS $$
    SELECT t.id, broken.invariant, t.source_account_id::text, h.source_stripe, broken.expected::text, broken.found::text
      FROM ledger.transaction t
      LEFT JOIN ledger.hold h ON h.transaction_id = t.id
      CROSS JOIN LATERAL (
          SELECT coalesce(sum(c.amount_minor) FILTER (WHERE c.kind = 'capture'), 0) AS captured,
                 coalesce(sum(c.amount_minor) FILTER (WHERE c.kind = 'reversal'), 0) AS reversed
            FROM ledger.transaction c WHERE c.original_id = t.id AND c.status <> 'failed') later
      -- a conversion is reversed in the currency that it paid out
      CROSS JOIN LATERAL (SELECT CASE WHEN t.kind = 'conversion' THEN (t.details #>> '{conversion,target_amount}')::bigint
                                      ELSE t.amount_minor END AS amount_minor) whole
      CROSS JOIN LATERAL (
          SELECT CASE WHEN t.kind = 'hold' AND h.state <> 'open' THEN h.state
                      WHEN t.kind = 'hold' AND h.captured_minor > 0 THEN 'partially_captured'
                      WHEN t.kind = 'hold' THEN 'pending'
                      WHEN later.reversed = 0 THEN 'completed'
                      WHEN later.reversed < whole.amount_minor THEN 'partially_reversed'
                      ELSE 'reversed' END AS status) due
      CROSS JOIN LATERAL (VALUES
          ('status', t.status IN (due.status, 'failed'), due.status, t.status),
          ('hold', (t.kind = 'hold' AND t.status <> 'failed') = (h.transaction_id IS NOT NULL), t.kind,
           CASE WHEN h.transaction_id IS NULL THEN 'no hold' ELSE 'a hold' END),
          ('hold_amount', coalesce((h.amount_minor, h.source_account_id) = (t.amount_minor, t.source_account_id), true),
           t.amount_minor || ' of ' || t.source_account_id, h.amount_minor || ' of ' || h.source_account_id),
          ('hold_terms', h.transaction_id IS NULL
                         OR coalesce((h.currency, h.source_owner_id, h.expires_at)
                                     = (t.currency, t.source_owner_id, (t.details ->> 'expires_at')::timestamptz), false),
           concat_ws(' ', t.currency, t.source_owner_id, t.details ->> 'expires_at'),
           CASE WHEN h.transaction_id IS NOT NULL
                THEN concat_ws(' ', h.currency, h.source_owner_id, ledger.rfc3339(h.expires_at)) END),
          ('captured', coalesce(h.captured_minor, 0) = later.captured, later.captured::text,
           coalesce(h.captured_minor, 0)::text),
          ('captured_too_much', later.captured <= t.amount_minor, t.amount_minor::text, later.captured::text),
          ('reversed_too_much', later.reversed <= whole.amount_minor, whole.amount_minor::text, later.reversed::text)
      ) broken (invariant, holds, expected, found)
     WHERE NOT broken.holds
$$;
REVOKE ALL ON FUNCTION ledger.broken_statuses() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger.broken_statuses() TO app_job;
