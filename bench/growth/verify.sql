-- What was loaded keeps the ledger's rules: all accounts, balances and keys; the books of the first wallets and of some
-- others; a month's entries; a run of transactions. No row: nothing is broken.
SELECT * FROM ledger.verify_accounts();
SELECT * FROM ledger.verify_holds();
SELECT * FROM ledger.verify_keys();
SELECT * FROM ledger.verify_external_ids();
SELECT * FROM ledger.verify_quotes();
SELECT * FROM ledger.verify_sums();
SELECT v.* FROM (VALUES ('', (-1)::smallint, 'wal_' || lpad('50', 26, '0'), 0::smallint),
                        ('wal_' || lpad('5000', 26, '0'), 0::smallint, 'wal_' || lpad('5050', 26, '0'), 0::smallint))
       AS s (after_account, after_stripe, upto_account, upto_stripe)
 CROSS JOIN LATERAL (SELECT ROW(s.after_account, s.after_stripe, s.upto_account, s.upto_stripe)::ledger.section) r (section)
 CROSS JOIN LATERAL (SELECT * FROM ledger.verify_books(r.section, true)
                     UNION ALL SELECT * FROM ledger.verify_balances(r.section, true)
                     UNION ALL SELECT * FROM ledger.verify_entries(r.section, true)) v;
SELECT * FROM ledger.verify_month(date_trunc('month', now() - interval '3 months'),
                                  date_trunc('month', now() - interval '2 months'));
SELECT v.* FROM (SELECT ledger.first_id('tx', now() - interval '60 days') AS after_id,
                        ledger.first_id('tx', now() - interval '59 days') AS upto_id) r
 CROSS JOIN LATERAL (SELECT * FROM ledger.verify_transactions(r.after_id, r.upto_id)
                     UNION ALL SELECT * FROM ledger.verify_statuses(r.after_id, r.upto_id)) v;
