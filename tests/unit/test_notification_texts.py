"""What people are told: each side its own text, and a one-time code never in what is stored."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from functions.notification.texts import CODE, NAME, notices
from paycore import ids
from paycore.events.registry import event_types
from paycore.events.transaction import TransactionCompleted, TransactionCreated, TransactionFailed
from paycore.events.user import UserRegistered
from paycore.events.wallet import WalletFundsAdded

MOVED = {
    "transaction_id": "tx_1", "kind": "transfer", "amount": 2500, "currency": "EUR", "source_wallet_id": "wal_1",
    "source_owner_id": "usr_1", "target_wallet_id": "wal_2", "target_owner_id": "usr_2", "actor_id": "usr_1",
}  # fmt: skip


class TestNotices:
    def test_each_side_of_a_transfer_gets_its_own_text(self) -> None:
        sent, received = notices(TransactionCompleted(**MOVED))  # type: ignore[arg-type]
        assert (sent.person_id, sent.subject) == ("usr_1", "You sent 25.00 EUR")
        assert (received.person_id, received.subject) == ("usr_2", "You received 25.00 EUR")

    def test_nobody_is_told_twice(self) -> None:
        assert notices(TransactionCreated(**MOVED)) == []  # type: ignore[arg-type]
        assert notices(TransactionCompleted(**{**MOVED, "kind": "payment"})) == []  # type: ignore[arg-type]
        assert notices(WalletFundsAdded("wal_1", "usr_1", "tx_1", 1, "EUR", "usr_1", None)) == []

    def test_a_refused_transfer_is_its_initiators_alone_and_stays_in_the_inbox(self) -> None:
        (notice,) = notices(TransactionFailed(**MOVED, failure_code="insufficient_funds"))  # type: ignore[arg-type]
        assert (notice.person_id, notice.channels) == ("usr_1", ("inbox",))

    def test_a_code_goes_by_mail_only_and_is_not_in_the_text_yet(self) -> None:
        made_at = datetime(2026, 4, 8, 7, 51, 28, tzinfo=UTC)
        registration_id = ids.show("reg", UUID(int=int(made_at.timestamp() * 1000) << 80))
        (notice,) = notices(UserRegistered("usr_1", registration_id, "k1.sealed", "2026-01-01T00:00:00Z"))
        assert (notice.person_id, notice.channels) == (registration_id, ("email",))
        assert CODE in notice.body
        assert NAME in notice.body
        assert "made on 2026-04-08 at 07:51:28 UTC" in notice.body
        assert "sealed" not in notice.body

    @pytest.mark.parametrize("name", sorted(event_types()))
    def test_every_event_type_is_decided(self, name: str) -> None:
        from functions.notification.texts import _TEXTS

        assert event_types()[name] in _TEXTS or name == "transaction.created"
