"""What a cached entry makes of who asks; and telling every function that a session has ended, however Redis is."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from paycore import api_keys, cache, session
from paycore.caller import Caller
from paycore.ledger.spending import limited_as
from paycore.origin import Origin

SESSION = "ses_00000000000000000000000001"
HERE = Origin("127.0.0.1", "req-1")


class Unsteady:
    """Redis that does not answer the next `failures` questions."""

    def __init__(self) -> None:
        self.failures = 0
        self.entries: dict[str, str] = {}
        self.round_trips = 0

    def ask(self, question: Callable[[Any], Any]) -> Any:
        if self.failures:
            self.failures -= 1
            raise cache.CacheUnavailable
        return question(self)

    def say(self, *, keys: list[str], args: list[Any]) -> None:
        self.round_trips += 1
        for key, state, life_s, version in zip(keys, args[::3], args[1::3], args[2::3], strict=True):
            assert (life_s, version) == (session.REVOKED_LIFE_S, "")
            self.entries[key] = state

    @property
    def knows(self) -> bool:
        return '"revoked"' in self.entries.get(f"session:{SESSION}", "")


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Iterator[Unsteady]:
    unsteady = Unsteady()
    monkeypatch.setattr(cache, "ask", unsteady.ask)
    monkeypatch.setattr(cache, "script", lambda _: unsteady.say)
    yield unsteady
    session._untold.clear()


def live_caller(**cached: Any) -> Caller:
    """Any request of somebody whose session is cached."""
    entry = {"state": "active", "user_id": "usr_1", "roles": ["user"], **cached}
    authorizer = {"user_id": "usr_1", "session_id": "ses_1", "exp": str(2**40), "auth_time": "0", "amr": "pwd"}
    found = session.caller_of(authorizer, json.dumps(entry), HERE)
    assert found.user_id == "usr_1"
    return found


def holder(**cached: Any) -> Caller:
    """Any request with a key that is cached."""
    key = {"state": "active", "key_id": "key_1", "user_id": "usr_1", "roles": ["user", "merchant"]}
    entry = {**key, "scopes": [], "addresses": [], "expires_at": 2**40, **cached}
    return api_keys.holder_of("digest", json.dumps(entry), HERE)


class TestLimits:
    @pytest.mark.parametrize(("of", "role"), [(live_caller, "user"), (holder, "merchant")])
    def test_are_those_of_the_unverified_unless_the_entry_says_otherwise(
        self, of: Callable[..., Caller], role: str
    ) -> None:
        assert limited_as(of(kyc_verified=True)) == {"limit_role": role, "unverified": False}
        assert limited_as(of(kyc_verified=False)) == {"limit_role": role, "unverified": True}
        assert limited_as(of()) == {"limit_role": role, "unverified": True}, "written by the release before"


class TestRevoke:
    @pytest.mark.parametrize("failures", [0, 1, 2])
    def test_a_hiccup_is_survived(self, redis: Unsteady, failures: int) -> None:
        redis.failures = failures
        session.revoke([SESSION], "usr_1")
        assert redis.knows

    def test_what_was_not_told_is_told_with_the_next_request(self, redis: Unsteady) -> None:
        redis.failures = 4
        session.revoke([SESSION], "usr_1")
        live_caller()  # Redis is still away
        assert not redis.knows
        live_caller()
        assert redis.knows
        redis.entries.clear()
        live_caller()
        assert not redis.entries, "once is enough"

    def test_many_are_told_together(self, redis: Unsteady) -> None:
        session.revoke([f"ses_{number}" for number in range(1001)], "usr_1")
        assert (len(redis.entries), redis.round_trips) == (1001, 3)

    def test_many_that_were_not_told_are_told_together(self, redis: Unsteady) -> None:
        redis.failures = 3
        session.revoke([f"ses_{number}" for number in range(50)], "usr_1")
        assert redis.entries == {}
        live_caller()
        assert (len(redis.entries), redis.round_trips) == (50, 1)
