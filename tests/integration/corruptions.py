"""Every way to break the books of the ledger desk's story by hand, and what the verification should say of it."""

STRAY = (
    "INSERT INTO ledger.entry (transaction_id, account_id, version, amount_minor, currency, balance_after, posted_at) "
    "SELECT {transaction}, {account}, {version}, 1, 'EUR', 1, clock_timestamp()"
)
RATE = (
    "INSERT INTO ledger.exchange_rate (id, source_currency, target_currency, rate, loaded_by) "
    "VALUES ('rate_1', 'EUR', 'USD', 1, 'usr_1')"
)
QUOTE = (
    "INSERT INTO ledger.quote (id, owner_id, rate_id, rate, source_currency, target_currency, source_amount_minor, "
    "target_amount_minor, truncated_minor, residue, expires_at, transaction_id) "
    "VALUES ('quo_1', 'usr_1', 'rate_1', 1, 'EUR', 'USD', 1, 1, 1, 0, now(), 'tx_nowhere')"
)
SPENT = (
    "INSERT INTO ledger.spending SELECT 'usr_1', 'EUR', date_trunc('hour', utc), 1, utc::date, 5, "
    "date_trunc('month', utc)::date, {month_minor} FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS utc) c"
)
# Invariant, whose wallets it freezes, and how it is broken.
CORRUPTIONS: list[tuple[str, str, tuple[str, ...]]] = [
    ("balance_after", "dora", ("UPDATE ledger.entry SET balance_after = 1 WHERE account_id = '{dora}'",)),
    ("version_order", "dora", ("INSERT INTO ledger.entry SELECT transaction_id, account_id, stripe, version, 1, currency, 501, false, posted_at + interval '1 us' FROM ledger.entry WHERE account_id = '{dora}'",)),
    ("time_order", "ben", ("UPDATE ledger.entry SET posted_at = posted_at - interval '1 h' WHERE {last_of_ben}",)),
    ("entry_currency", "dora", ("UPDATE ledger.entry SET currency = 'USD' WHERE account_id = '{dora}'",)),
    ("posted", "dora", ("UPDATE ledger.balance SET posted_minor = posted_minor + 1 WHERE account_id = '{dora}'",)),
    ("posted", "ben", ("DELETE FROM ledger.entry WHERE {last_of_ben}",)),
    ("balance_sum", "dora", ("UPDATE ledger.balance SET posted_minor = posted_minor + 1 WHERE account_id = '{dora}'",)),
    ("row_behind_entries", "ben", ("UPDATE ledger.balance SET version = 2 WHERE account_id = '{ben}'",)),
    ("held", "anna", ("UPDATE ledger.balance SET held_minor = held_minor - 1 WHERE account_id = '{anna}'",)),
    ("held", "anna", ("UPDATE ledger.hold SET remaining_minor = remaining_minor - 1 WHERE transaction_id = '{hold}'",)),
    ("floor", "dora", ("UPDATE ledger.balance SET floor_minor = 501 WHERE account_id = '{dora}'",)),
    ("state", "sam", ("UPDATE ledger.balance SET state = 'credit_frozen' WHERE account_id = '{sam}' AND stripe = 1",)),
    ("stripes", "sam", ("UPDATE ledger.account SET stripes = 5 WHERE id = '{sam}'",)),
    ("gathering", "sam", ("UPDATE ledger.entry SET gathers = true WHERE account_id = '{sam}' AND transaction_id = '{sams}'",)),
    ("entry_without_transaction", "dora", ("DELETE FROM ledger.transaction WHERE id = '{gift}'",)),
    ("entry_without_leg", "dora", (STRAY.format(transaction="'{paid}'", account="'{dora}'", version=9),)),
    ("entry_without_balance", "", (STRAY.format(transaction="'{paid}'", account="'wal_nowhere'", version=9),)),
    ("currency_sum", "", (STRAY.format(transaction="'{paid}'", account="'wal_nowhere'", version=9),)),
    ("leg_without_entry", "dora", ("UPDATE ledger.transaction SET legs = replace(legs::text, '500', '501')::jsonb WHERE id = '{gift}'",)),
    ("zero_sum", "dora", (
        "UPDATE ledger.entry SET amount_minor = 501, balance_after = 501 WHERE account_id = '{dora}'",
        "UPDATE ledger.balance SET posted_minor = 501 WHERE account_id = '{dora}'",
        "UPDATE ledger.transaction SET legs = replace(legs::text, ' 500', ' 501')::jsonb WHERE id = '{gift}'",
    )),
    ("amount", "anna", ("UPDATE ledger.transaction SET amount_minor = amount_minor + 1 WHERE id = '{paid}'",)),
    ("status", "anna", ("UPDATE ledger.transaction SET status = 'reversed' WHERE id = '{paid}'",)),
    ("status", "anna", ("UPDATE ledger.transaction SET status = 'captured' WHERE id = '{hold}'",)),
    ("hold", "anna", ("UPDATE ledger.hold SET transaction_id = 'tx_nowhere' WHERE transaction_id = '{hold}'",)),
    ("hold_amount", "anna", ("UPDATE ledger.hold SET amount_minor = amount_minor + 1 WHERE transaction_id = '{hold}'",)),
    ("captured", "anna", ("UPDATE ledger.hold SET captured_minor = captured_minor - 1 WHERE transaction_id = '{hold}'",)),
    ("captured_too_much", "anna", ("UPDATE ledger.transaction SET amount_minor = 701 WHERE id = '{capture}'",)),
    ("reversed_too_much", "anna ben", ("UPDATE ledger.transaction SET amount_minor = 2501 WHERE id = '{back}'",)),
    ("hold_without_transaction", "anna", ("UPDATE ledger.hold SET transaction_id = 'tx_nowhere' WHERE transaction_id = '{hold}'",)),
    ("hold_without_balance", "anna", ("UPDATE ledger.hold SET source_stripe = 9 WHERE transaction_id = '{hold}'",)),
    ("target", "cleo", ("UPDATE ledger.transaction SET (target_account_id, target_owner_id) = (SELECT id, owner_id FROM ledger.account WHERE id = '{cleo}') WHERE id = '{paid}'",)),
    ("owner", "ben", ("UPDATE ledger.transaction SET target_owner_id = 'usr_thief' WHERE id = '{paid}'",)),
    ("share", "anna cleo", ("UPDATE ledger.split_target SET amount_minor = amount_minor + CASE place WHEN 1 THEN 1 ELSE 0 END WHERE transaction_id = '{shared}' AND account_id = '{cleo}'",)),
    ("shares", "anna", ("DELETE FROM ledger.split_target WHERE transaction_id = '{shared}' AND account_id = '{cleo}'",)),
    ("hold_target", "anna", ("UPDATE ledger.hold SET target_account_id = '{ben}' WHERE transaction_id = '{hold}'",)),
    ("key_without_answer", "", ("UPDATE ledger.idempotency_key SET transaction_id = 'tx_nowhere' WHERE key = '{paid}'",)),
    ("external_id_without_transaction", "", ("INSERT INTO ledger.external_id VALUES ('usr_1', 'order 1', 'tx_nowhere')",)),
    ("quote_without_transaction", "", (RATE, QUOTE)),
    ("bounds", "dora", ("UPDATE ledger.balance SET floor_minor = NULL WHERE account_id = '{dora}'",)),
    ("bounds", "dora", ("UPDATE ledger.balance SET floor_minor = -1000000000000001 WHERE account_id = '{dora}'",)),
    ("bounds", "sam", ("UPDATE ledger.balance SET floor_minor = -1000 WHERE account_id = '{sam}' AND stripe = 1",)),
    ("bounds", "", ("UPDATE ledger.balance SET floor_minor = -1000000 WHERE account_id = 'sys_clearing_bank_eur' AND stripe = 3",)),
    ("closed", "", ("UPDATE ledger.balance SET state = 'closed' WHERE account_id = '{dora}'",)),
    ("closed", "", ("UPDATE ledger.balance SET held_minor = 1 WHERE account_id = '{carl}'",)),
    ("closed", "", ("INSERT INTO ledger.expected_credit VALUES ('pay_1', '{carl}')",)),
    ("closed", "anna", ("UPDATE ledger.hold SET target_account_id = '{carl}' WHERE transaction_id = '{hold}'",)),
    ("quote", "anna", ("UPDATE ledger.quote SET transaction_id = NULL",)),
    ("quote", "anna", ("DELETE FROM ledger.quote",)),
    ("external_id", "anna", ("DELETE FROM ledger.external_id",)),
    ("external_id", "anna", ("UPDATE ledger.external_id SET transaction_id = '{gift}'",)),
    ("external_id", "dora", ("UPDATE ledger.transaction SET external_id = 'gift' WHERE id = '{gift}'",)),
    ("key_of_another", "", ("UPDATE ledger.idempotency_key SET transaction_id = '{gift}' WHERE key = '{paid}'",)),
    ("key_of_another", "", ("UPDATE ledger.idempotency_key SET request_id = 'other' WHERE key = '{paid}'",)),
    ("currency", "anna ben", ("UPDATE ledger.transaction SET currency = 'USD' WHERE id = '{paid}'",)),
    ("currency", "anna", ("UPDATE ledger.transaction SET currency = 'USD' WHERE id = '{changed}'",)),
    ("shares", "anna", ("UPDATE ledger.transaction SET details = '{{}}' WHERE id = '{shared}'",)),
    ("shares", "anna", ("UPDATE ledger.transaction SET details = '{{\"splits\": []}}' WHERE id = '{shared}'",)),
    ("shares", "anna", ("UPDATE ledger.transaction SET details = replace(details::text, '30', '31')::jsonb WHERE id = '{shared}'",)),
    ("hold_terms", "anna", ("UPDATE ledger.hold SET currency = 'USD' WHERE transaction_id = '{hold}'",)),
    ("hold_terms", "anna", ("UPDATE ledger.hold SET expires_at = expires_at + interval '1 us' WHERE transaction_id = '{hold}'",)),
    ("hold_terms", "anna", ("UPDATE ledger.hold SET source_owner_id = 'usr_thief' WHERE transaction_id = '{hold}'",)),
    ("spending_of_day", "", (SPENT.format(month_minor=0),)),
    ("spending_of_month", "", (SPENT.format(month_minor=5),)),
]  # fmt: skip

# What is found before the night: a row that is not as its checkpoint knew it, and whatever recent transactions say. The
# others stand in rows whose version did not change.
SOON = {
    ("posted", "dora"), ("row_behind_entries", "ben"), ("state", "sam"), ("stripes", "sam"), ("leg_without_entry", "dora"),
    ("zero_sum", "dora"),
    ("amount", "anna"), ("status", "anna"), ("hold", "anna"), ("hold_amount", "anna"), ("captured", "anna"),
    ("captured_too_much", "anna"), ("reversed_too_much", "anna ben"), ("target", "cleo"), ("owner", "ben"),
    ("share", "anna cleo"), ("shares", "anna"), ("hold_target", "anna"),
    ("bounds", "dora"), ("bounds", "sam"), ("bounds", ""), ("closed", ""), ("closed", "anna"), ("quote", "anna"),
    ("external_id", "anna"), ("external_id", "dora"), ("currency", "anna ben"), ("currency", "anna"), ("hold_terms", "anna"),
}  # fmt: skip
