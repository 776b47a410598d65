DROP SCHEMA growth CASCADE;
VACUUM ANALYZE ledger.account, ledger.balance, ledger.entry, ledger.transaction, ledger.idempotency_key;
