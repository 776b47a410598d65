"""What people are told: each side its own text, and a one-time code never in what is stored."""

from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

import pytest

from functions.notification.notice import CODE, NAME
from functions.notification.texts import notices
from paycore import ids
from paycore.events.account import UserKycChanged
from paycore.events.registry import event_types
from paycore.events.schedule import ScheduleCreated
from paycore.events.second_factor import UserMfaChallenged, UserMfaEnrollmentAsked
from paycore.events.session import UserLoggedIn
from paycore.events.transaction import TransactionCompleted, TransactionCreated, TransactionFailed
from paycore.events.user import UserRegistered, UserUpdated
from paycore.events.wallet import WalletFundsAdded
from paycore.ledger.commands import MovementKind

MOVED = {
    "transaction_id": "tx_1", "kind": "transfer", "amount": 2500, "currency": "EUR", "source_wallet_id": "wal_1",
    "source_owner_id": "usr_1", "target_wallet_id": "wal_2", "target_owner_id": "usr_2", "actor_id": "usr_1",
}  # fmt: skip

SCHEDULED = {"schedule_id": "sch_1", "owner_id": "usr_1", "amount": 2500, "currency": "EUR", "key_id": "key_1"}


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

    @pytest.mark.parametrize("kind", [kind for kind in get_args(MovementKind) if kind != "transfer"])
    def test_what_is_refused_is_called_by_its_name(self, kind: str) -> None:
        (notice,) = notices(TransactionFailed(**{**MOVED, "kind": kind}, failure_code="wallet_frozen"))  # type: ignore[arg-type]
        assert "transfer" not in (notice.subject + notice.body).lower()
        assert "Movement" not in notice.subject, "each kind has words of its own"
        assert "25.00 EUR" in notice.body
        assert notice.body.endswith(": wallet frozen.")

    def test_a_sign_in_is_told_where_the_device_is_new(self) -> None:
        (notice,) = notices(UserLoggedIn("usr_1", "ses_1", new_device=True))
        assert (notice.person_id, notice.subject) == ("usr_1", "Sign-in from a new device")
        assert notices(UserLoggedIn("usr_1", "ses_1", new_device=False)) == []
        assert notices(UserLoggedIn("usr_1", "ses_1")) == [notice], "staged by the release before"

    def test_a_challenge_on_a_new_device_is_told_and_the_sign_in_after_it_by_no_second_mail(self) -> None:
        (notice,) = notices(UserMfaChallenged("usr_1", new_device=True, owner_told=True))
        assert (notice.person_id, notice.channels) == ("usr_1", ("email", "push"))
        assert "they know your password: change it now" in notice.body
        assert notices(UserMfaChallenged("usr_1", new_device=True, owner_told=False)) == []
        (notice,) = notices(UserLoggedIn("usr_1", "ses_1", new_device=True, owner_told=True))
        assert notice.channels == ("inbox",)

    def test_a_code_goes_by_mail_only_and_is_not_in_the_text_yet(self) -> None:
        made_at = datetime(2026, 4, 8, 7, 51, 28, tzinfo=UTC)
        registration_id = ids.show("reg", UUID(int=int(made_at.timestamp() * 1000) << 80))
        (notice,) = notices(UserRegistered("usr_1", registration_id, "k1.sealed", "2026-01-01T00:00:00Z"))
        assert (notice.person_id, notice.channels) == (registration_id, ("email",))
        assert CODE in notice.body
        assert NAME in notice.body
        assert "made on 2026-04-08 at 07:51:28 UTC" in notice.body
        assert "sealed" not in notice.body

    @pytest.mark.parametrize(
        ("keys", "told"),
        [(None, ""), (0, ""), (1, " One of your API keys still works"), (2, " 2 of your API keys still work")],
    )
    def test_keys_that_outlive_a_new_password_are_told(self, keys: int | None, told: str) -> None:
        (notice,) = notices(UserUpdated("usr_1", ["password"], "usr_1", "forgotten", 2, keys))
        assert notice.body.partition(" ask for a new one now.")[2].partition(":")[0] == told

    @pytest.mark.parametrize(("schedules", "told"), [(None, ""), (0, ""), (1, " One of your"), (2, " 2 of your")])
    def test_schedules_that_outlive_a_new_password_are_told(self, schedules: int | None, told: str) -> None:
        changed = UserUpdated("usr_1", ["password"], "usr_1", "forgotten", 2, live_schedules=schedules)
        (notice,) = notices(changed)
        assert notice.body.partition(" ask for a new one now.")[2].partition(" scheduled transfers")[0] == told

    @pytest.mark.parametrize(
        ("every", "until", "count", "when"),
        [
            (None, None, None, "once, at T1"),
            ("day", None, None, "every day from T1 on, until you cancel it"),
            ("week", "T2", None, "every week from T1 on, until T2"),
            ("month", None, 12, "every month from T1 on, 12 times in all"),
        ],
    )
    def test_a_new_schedule_says_how_much_and_when(
        self, every: str | None, until: str | None, count: int | None, when: str
    ) -> None:
        made = ScheduleCreated(**SCHEDULED, execute_at="T1", every=every, until=until, count=count)  # type: ignore[arg-type]
        (notice,) = notices(made)
        assert (notice.person_id, notice.channels) == ("usr_1", ("email", "push"))
        assert f"A transfer of 25.00 EUR was scheduled with an API key: {when}." in notice.body

    def test_the_code_that_makes_an_admin_goes_by_mail_only(self) -> None:
        (notice,) = notices(UserMfaEnrollmentAsked("usr_1", "k1.sealed", "2026-01-01T00:00:00Z"))
        assert (notice.person_id, notice.channels) == ("usr_1", ("email",))
        assert CODE in notice.body
        assert "sealed" not in notice.body

    def test_why_an_identity_is_not_verified_is_told_and_why_it_is_stays_with_us(self) -> None:
        (notice,) = notices(UserKycChanged("usr_1", "rejected", "usr_2", "a {reason} forgery", 3))
        assert (notice.person_id, notice.channels) == ("usr_1", ("email", "push"))
        assert "a {reason} forgery" in notice.body
        (notice,) = notices(UserKycChanged("usr_1", "verified", "usr_2", "seen", 3))
        assert (notice.person_id, "seen" in notice.body) == ("usr_1", False)
        (notice,) = notices(UserKycChanged("usr_1", "none", "usr_1", "another name", 3))
        assert "lower limits" in notice.body

    @pytest.mark.parametrize("name", sorted(event_types()))
    def test_every_event_type_is_decided(self, name: str) -> None:
        from functions.notification.texts import _TEXTS

        of_nobody = {
            "transaction.created",
            "exchange_rate.loaded",
            "spending_limit.updated",
            "step_up_limit.updated",
            "user.stepped_up",
            "user.authentication_failed",  # whoever guesses must not be able to send mails; the audit has it
            "user.invited",  # the operator tells them
            "user.viewed",
            "user.erased",
        }
        assert event_types()[name] in _TEXTS or name in of_nobody
