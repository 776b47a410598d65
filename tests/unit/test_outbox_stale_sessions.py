"""Whose sessions an event has changed."""

from collections import namedtuple
from typing import Any

import pytest

from functions.outbox.stale_sessions import people_with_stale_sessions

Row = namedtuple("Row", "type data")


def row(kind: str, user_id: str | None = "usr_1", **data: Any) -> Any:
    return Row(kind, {"user_id": user_id, **data})


class TestPeopleWithStaleSessions:
    @pytest.mark.parametrize(
        "changed",
        [
            row("user.sessions_ended", session_ids=["ses_1"], reason="logout"),
            row("user.closed", version=2),
            row("user.kyc_changed", status="verified"),
            row("user.updated", fields=["password"]),
            row("user.updated", fields=["password", "roles"]),
            row("user.updated", fields=["status"]),
            row("user.mfa_changed", change="enabled"),
            row("user.mfa_changed", change="disabled"),
            row("user.mfa_changed", change="reset"),
        ],
        ids=lambda changed: str([changed.type, *changed.data.values()][::2]),
    )
    def test_are_those_whose_sessions_ended_or_have_other_roles(self, changed: Any) -> None:
        assert people_with_stale_sessions([changed, row("user.logged_in", "usr_2")]) == ["usr_1"]

    @pytest.mark.parametrize(
        "other",
        [
            row("user.logged_in"),
            row("user.authentication_failed", None),
            row("user.updated", fields=["full_name", "locale", "phone"]),
            row("user.mfa_changed", change="code_used"),
            row("user.mfa_changed", change="reset_requested"),
            Row("transaction.completed", {"actor_id": "usr_1"}),
        ],
        ids=lambda other: str([other.type, *other.data.values()]),
    )
    def test_are_no_others(self, other: Any) -> None:
        assert people_with_stale_sessions([other]) == []

    def test_are_each_named_once(self) -> None:
        rows = [row("user.closed", "usr_2"), row("user.closed"), row("user.updated", fields=["roles"])]
        assert people_with_stale_sessions(rows) == ["usr_1", "usr_2"]
