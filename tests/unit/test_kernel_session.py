"""Telling every function that a session has ended: also when Redis misses a word, and when it misses several."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from paycore import cache, session

SESSION = "ses_00000000000000000000000001"


class Unsteady:
    """Redis that does not answer the next `failures` questions."""

    def __init__(self) -> None:
        self.failures = 0
        self.entries: dict[str, str] = {}

    def ask(self, question: Callable[[Any], Any]) -> Any:
        if self.failures:
            self.failures -= 1
            raise cache.CacheUnavailable
        return question(self)

    def set(self, key: str, value: str, *, ex: int) -> None:
        assert ex == session.REVOKED_LIFE_S
        self.entries[key] = value

    @property
    def knows(self) -> bool:
        return '"revoked"' in self.entries.get(f"session:{SESSION}", "")


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Unsteady]:
    unsteady = Unsteady()
    monkeypatch.setattr(cache, "ask", unsteady.ask)
    yield unsteady
    session._untold.clear()


def live_caller() -> None:
    """Any request of somebody whose session is cached."""
    cached = '{"state": "active", "user_id": "usr_1", "roles": ["user"]}'
    authorizer = {"user_id": "usr_1", "session_id": "ses_1", "exp": str(2**40), "auth_time": "0", "amr": "pwd"}
    assert session.caller_of(authorizer, cached, "127.0.0.1").user_id == "usr_1"


class TestRevoke:
    @pytest.mark.parametrize("failures", [0, 1, 2])
    def test_a_hiccup_is_survived(self, redis: Unsteady, failures: int) -> None:
        redis.failures = failures
        session.revoke(SESSION, "usr_1")
        assert redis.knows

    def test_what_was_not_told_is_told_with_the_next_request(self, redis: Unsteady) -> None:
        redis.failures = 4
        session.revoke(SESSION, "usr_1")
        live_caller()  # Redis is still away
        assert not redis.knows
        live_caller()
        assert redis.knows
        redis.entries.clear()
        live_caller()
        assert not redis.entries, "once is enough"
