"""Which cache entries an event makes old."""

from collections import namedtuple
from typing import Any

import pytest

from functions.outbox.stale_entries import stale_entries

Row = namedtuple("Row", "topic type subject data")
MOVED: dict[str, Any] = {"source_wallet_id": "wal_a", "target_wallet_id": "wal_b", "original_id": None}


def leg(wallet_id: str, version: int | None) -> dict[str, Any]:
    return {"account_id": wallet_id, "owner_id": f"usr_{wallet_id}", "version": version}


def row(kind: str, subject: str = "tx_1", **data: Any) -> Any:
    topic = "wallet-events" if kind.startswith("wallet") else "transaction-events"
    return Row(topic, kind, subject, data)


class TestStaleEntries:
    @pytest.mark.parametrize(
        ("rows", "stale"),
        [
            ([row("transaction.completed", **MOVED, legs=[leg("wal_a", 7), leg("wal_b", 2)])], {"wallet:wal_a": 7, "wallet:wal_b": 2}),
            ([row("transaction.created", **MOVED, legs=[])], {"wallet:wal_a": None, "wallet:wal_b": None}),
            ([row("transaction.completed", **MOVED, legs=[leg("wal_a", None), leg("wal_b", 2)])], {"wallet:wal_a": None, "wallet:wal_b": 2}),
            ([row("transaction.failed", **MOVED, legs=[])], {}),
            ([row("transaction.completed", source_wallet_id="wal_a", target_wallet_id=None, original_id="tx_0", legs=[leg("wal_a", 3)])], {"wallet:wal_a": 3, "transaction:tx_0": None}),
            ([row("transaction.expired", **MOVED)], {"wallet:wal_a": None, "wallet:wal_b": None, "transaction:tx_1": None}),
            ([row("wallet.updated", "wal_a", version=9), row("wallet.updated", "wal_a", version=8)], {"wallet:wal_a": 9}),
            ([row("wallet.updated", "wal_a", version=9), row("wallet.deactivated", "wal_a")], {"wallet:wal_a": None}),
            ([row("user.updated", "usr_1", user_id="usr_1"), row("user.closed", "usr_2", user_id="usr_2")], {"user:usr_1": None, "user:usr_2": None}),
            ([row("user.updated", "usr_1", user_id="usr_1", version=3), row("user.email_changed", "usr_1", user_id="usr_1", version=3)], {"user:usr_1": 3}),
            ([row("user.closed", "usr_1", user_id="usr_1", version=8), row("user.erased", "usr_1", user_id="usr_1", version=9)], {"user:usr_1": 9}),
            ([row("user.updated", "usr_1", user_id="usr_1", version=3), row("user.updated", "usr_1", user_id="usr_1")], {"user:usr_1": None}),
            ([row("user.mfa_changed", "usr_1", user_id="usr_1", change="disabled", version=4)], {"user:usr_1": 4}),
            ([row("user.mfa_changed", "usr_1", user_id="usr_1", change="code_used", version=None)], {}),
            ([row("user.mfa_changed", "usr_1", user_id="usr_1", change="code_used")], {"user:usr_1": None}),
            ([row("user.kyc_changed", "usr_1", user_id="usr_1", status="verified", version=5)], {"user:usr_1": 5}),
            ([row("user.phone_verified", "usr_1", user_id="usr_1", version=6)], {"user:usr_1": 6}),
            ([row("user.logged_in", "usr_1", user_id="usr_1")], {}),
            ([row("wallet.created", "wal_a"), row("wallet.funds_added", "wal_a")], {}),
        ],
    )  # fmt: skip
    def test_are_what_an_event_has_changed(self, rows: list[Any], stale: dict[str, int | None]) -> None:
        assert stale_entries(rows) == stale

    def test_our_own_accounts_are_not_cached(self) -> None:
        ours = {"account_id": "sys_fx_eur", "owner_id": None, "version": None}
        moved = row(
            "transaction.completed", source_wallet_id=None, target_wallet_id="wal_b", legs=[ours, leg("wal_b", 4)]
        )
        assert stale_entries([moved]) == {"wallet:wal_b": 4}
