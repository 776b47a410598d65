-- Wallets and movements of ten months. The first 50 wallets have the same 2,500 movements among themselves whatever the
-- size, so a question about one of them reads as many rows in each database; all others pay each other, a few of them
-- very often. Everybody has a credit limit, so that no money has to come from outside.
SET work_mem = '256MB';
SELECT setseed(0.5);
SELECT ledger.make_partitions(now() - interval '11 months', now() + interval '1 month');
CREATE SCHEMA growth;
INSERT INTO ledger.account (id, owner_id, kind, currency)
SELECT 'wal_' || lpad(n::text, 26, '0'), 'usr_' || lpad(n::text, 26, '0'), 'wallet', 'EUR'
  FROM generate_series(1, :wallets) n;
CREATE UNLOGGED TABLE growth.movement AS
SELECT n, instant, ledger.first_id('tx', instant) || lpad(n::text, 16, '0') AS id, 1 + n % 999 AS amount, source,
       CASE WHEN probe IS NOT NULL THEN 1 + (source + (probe / 50) % 49) % 50
            ELSE 51 + (source - 50 + floor(lot * (:wallets - 51))::integer) % (:wallets - 50) END AS target
  FROM (SELECT n, probe, random() AS lot,
               date_trunc('second', now() - interval '300 days') + n * (interval '299 days' / :movements) AS instant,
               CASE WHEN probe IS NOT NULL THEN 1 + probe % 50
                    ELSE 51 + floor(random() ^ 3 * (:wallets - 50))::integer END AS source
          FROM (SELECT n, CASE WHEN n % (:movements / 2500) = 0 THEN n / (:movements / 2500) END AS probe
                  FROM generate_series(1, :movements) n) drawn OFFSET 0) chosen;
ALTER TABLE growth.movement ADD PRIMARY KEY (n);
-- Each side in its book: versions count, balances add up.
CREATE UNLOGGED TABLE growth.leg AS
SELECT n, amount, 'wal_' || lpad(account::text, 26, '0') AS account_id, 'usr_' || lpad(account::text, 26, '0') AS owner_id,
       1 + row_number() OVER book AS version, sum(amount) OVER book AS balance_after
  FROM (SELECT n, source AS account, -amount AS amount FROM growth.movement
        UNION ALL SELECT n, target, amount FROM growth.movement) sides
WINDOW book AS (PARTITION BY account ORDER BY n ROWS UNBOUNDED PRECEDING);
CREATE INDEX ON growth.leg (n);
ANALYZE growth.movement, growth.leg;
