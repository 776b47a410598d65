-- The transactions, and the keys of the last 30 days: older ones have been forgotten.
SET work_mem = '128MB';
SELECT format($$
INSERT INTO ledger.transaction (id, kind, status, currency, amount_minor, source_account_id, source_owner_id,
    target_account_id, target_owner_id, actor_id, legs, request_id, requested_at, posted_at)
SELECT m.id, 'transfer', 'completed', 'EUR', m.amount, s.account_id, s.owner_id, t.account_id, t.owner_id, s.owner_id,
       format('[{"account_id": "%%s", "owner_id": "%%s", "amount": %%s, "stripe": 0, "stripe_version": %%s, '
              '"balance_after": %%s, "version": %%s}, {"account_id": "%%s", "owner_id": "%%s", "amount": %%s, '
              '"stripe": 0, "stripe_version": %%s, "balance_after": %%s, "version": %%s}]',
              s.account_id, s.owner_id, s.amount, s.version, s.balance_after, s.version,
              t.account_id, t.owner_id, t.amount, t.version, t.balance_after, t.version)::jsonb,
       'req_' || m.n, m.instant, m.instant
  FROM growth.movement m
  JOIN growth.leg s ON s.n = m.n AND s.amount < 0
  JOIN growth.leg t ON t.n = m.n AND t.amount > 0
 WHERE m.n > %1$s AND m.n <= %1$s + %2$s ORDER BY m.n$$, part * size, size)
  FROM (SELECT ceil(:movements / 10.0)::integer AS size) s, generate_series(0, 9) part
\gexec
INSERT INTO ledger.idempotency_key (principal, route, key, fingerprint, request_id, transaction_id, created_at)
SELECT s.owner_id, 'POST /v1/transactions/transfer', md5(m.id), md5(m.id), 'req_' || m.n, m.id, m.instant
  FROM growth.movement m JOIN growth.leg s ON s.n = m.n AND s.amount < 0
 WHERE m.instant > now() - interval '30 days' ORDER BY m.n;
