-- In the order of time, as they would have come; every trigger looks at them. A part at a time bounds their memory.
SET work_mem = '128MB';
SELECT format($$
INSERT INTO ledger.entry (transaction_id, account_id, version, amount_minor, currency, balance_after, posted_at)
SELECT m.id, l.account_id, l.version, l.amount, 'EUR', l.balance_after, m.instant
  FROM growth.movement m JOIN growth.leg l USING (n)
 WHERE m.n > %1$s AND m.n <= %1$s + %2$s ORDER BY m.n$$, part * size, size)
  FROM (SELECT ceil(:movements / 10.0)::integer AS size) s, generate_series(0, 9) part
\gexec
INSERT INTO ledger.balance (account_id, posted_minor, floor_minor, version, posted_at)
SELECT a.id, coalesce(l.balance_after, 0), -1000000000000, coalesce(l.version, 1), coalesce(m.instant, a.created_at)
  FROM ledger.account a
  LEFT JOIN (SELECT DISTINCT ON (account_id) * FROM growth.leg ORDER BY account_id, version DESC) l ON l.account_id = a.id
  LEFT JOIN growth.movement m USING (n);
