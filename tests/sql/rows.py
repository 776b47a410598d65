"""One row of each table of the ledger that its own rules accept, and what a guard refuses, as pieces of SQL."""

from collections.abc import Mapping

Row = Mapping[str, str]

_MONEY = {"currency": "'EUR'", "amount_minor": "5"}
_TRANSACTION = "ledger.first_id('tx', now()) || 'one'"
_KEY = {
    "principal": "'usr_1'",
    "route": "'POST /test'",
    "key": "'one'",
    "fingerprint": "'same'",
    "request_id": "'req_1'",
}

# In an order in which they can be inserted.
VALID: Mapping[str, Row] = {
    "ledger.account": {"id": "'wal_1'", "owner_id": "'usr_1'", "kind": "'wallet'", "currency": "'EUR'", "stripes": "1"},
    "ledger.balance": {"account_id": "'wal_1'", "posted_minor": "9", "held_minor": "5", "state": "'active'"},
    "ledger.transaction": {
        "id": _TRANSACTION,
        "kind": "'hold'",
        "status": "'pending'",
        "source_account_id": "'wal_1'",
        "actor_id": "'usr_1'",
        "failure": "NULL",
        "request_id": "'req_1'",
        "requested_at": "now()",
        "posted_at": "NULL",
        **_MONEY,
    },
    "ledger.hold": {
        "transaction_id": "'tx_hold'",
        "source_account_id": "'wal_1'",
        "source_stripe": "0",
        "source_owner_id": "'usr_1'",
        "captured_minor": "0",
        "remaining_minor": "5",
        "state": "'open'",
        "expires_at": "now()",
        "ended_at": "NULL",
        **_MONEY,
    },
    "ledger.split_target": {
        "transaction_id": "'tx_split'",
        "place": "1",
        "account_id": "'wal_1'",
        "owner_id": "'usr_1'",
        "amount_minor": "5",
    },
    "ledger.entry": {
        "transaction_id": "'tx_entry'",
        "account_id": "'wal_1'",
        "version": "2",
        "balance_after": "9",
        "posted_at": "now()",
        **_MONEY,
    },
    "ledger.idempotency_key": _KEY,
    "ledger.stored_answer": {**_KEY, "leased_until": "now()", "status": "NULL", "body": "NULL"},
    "ledger.external_id": {"owner_id": "'usr_1'", "external_id": "'one'", "transaction_id": "'tx_one'"},
    "ledger.spending_limit": {
        "role": "'user'",
        "currency": "'CHF'",
        "per_transaction_minor": "1",
        "per_day_minor": "1",
        "per_month_minor": "1",
        "count_per_hour": "1",
    },
    "ledger.exchange_rate": {
        "id": "'rate_1'",
        "source_currency": "'EUR'",
        "target_currency": "'USD'",
        "rate": "1",
        "loaded_by": "'usr_1'",
    },
    "ledger.quote": {
        "id": "'quo_1'",
        "owner_id": "'usr_1'",
        "rate_id": "'rate_1'",
        "rate": "1",
        "source_currency": "'EUR'",
        "target_currency": "'USD'",
        "source_amount_minor": "1",
        "target_amount_minor": "1",
        "truncated_minor": "1",
        "residue": "0",
        "expires_at": "now()",
    },
    "ledger.spending": {
        "owner_id": "'usr_1'",
        "currency": "'EUR'",
        "hour": "now()",
        "hour_count": "1",
        "day": "now()",
        "day_minor": "1",
        "month": "now()",
        "month_minor": "1",
    },
    "ledger.expected_credit": {"subject": "'pay_1'", "account_id": "'wal_1'"},
    "ledger.checkpoint": {
        "account_id": "'wal_1'",
        "stripe": "0",
        "version": "1",
        "posted_minor": "0",
        "posted_at": "now()",
        "checked_at": "now()",
    },
    "ledger.verification": {
        "id": "'ver_1'",
        "whole": "true",
        "status": "'pass'",
        "started_at": "now()",
        "entries": "0",
        "wallets": "0",
        "violations": "'[]'",
    },
    "outbox.lease": {"name": "'relay'", "holder": "'one'", "fence": "1", "expires_at": "now()"},
}
