"""Admins whose request meets a change of their own account half-way, and admins who act on each other."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, enrolled, step_up
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.test_account_guard import meanwhile

ENDED = (401, "session_revoked")
FORBIDDEN = (403, "forbidden")
REASON = "a test"
TIMES = 5
ACTS: dict[str, Callable[[Newcomer, str], Answer]] = {
    "role": lambda ada, user_id: _act(ada, "PATCH", user_id, {"roles": ["merchant"]}),
    "disabling": lambda ada, user_id: _act(ada, "PATCH", user_id, {"status": "disabled"}),
    "identity": lambda ada, user_id: _act(ada, "PUT", f"{user_id}/kyc", {"status": "verified"}),
    "second factor": lambda ada, user_id: _act(ada, "PUT", f"{user_id}/mfa/reset", {}),
}
LOSSES = {
    "disabled": ("UPDATE identity.user SET status = 'disabled' WHERE id = :id", ENDED),
    "signed out": (
        "UPDATE identity.session SET ended_at = clock_timestamp(), end_reason = 'owner' WHERE user_id = :id",
        ENDED,
    ),
    "no admin": ("UPDATE identity.user SET roles = '{user}' WHERE id = :id", FORBIDDEN),
}
REGAIN = (
    "UPDATE identity.user SET status = 'active', roles = '{user,admin}' WHERE id = :id",
    "UPDATE identity.session SET ended_at = NULL, end_reason = NULL WHERE user_id = :id",
)


@dataclass
class Admin:
    """Somebody who has the role and can show the second factor."""

    who: Newcomer
    phone: Phone

    def shown(self) -> Newcomer:
        """The admin, just after showing it."""
        step_up(self.who, self.phone, self.who.desk)
        return self.who


def _act(ada: Newcomer, method: str, path: str, body: dict[str, object]) -> Answer:
    return ada.client.request(method, f"/v1/users/{path}", {**body, "reason": REASON})


def _admin(platform: Configuration, desk: Desk, guard: Guard) -> Admin:
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    assert guard.request("PATCH", f"/v1/users/{made.user_id}", {"roles": ["admin"], "reason": REASON}).status == 200
    return Admin(made, enrolled(made, desk)[0])


@pytest.fixture(scope="module")
def fallible(platform: Configuration, desk: Desk, guard: Guard) -> Admin:
    """An admin who loses rights."""
    return _admin(platform, desk, guard)


@pytest.fixture
def ada(fallible: Admin, desk: Desk) -> Iterator[Newcomer]:
    """The same, who has all of them, and has just shown the second factor."""
    yield fallible.shown()
    for change in REGAIN:
        desk.rows(change, id=fallible.who.user_id)


@pytest.fixture(scope="module")
def asking(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with a second factor whose identity is to be verified."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    enrolled(made)
    return made


@pytest.fixture
def anna(asking: Newcomer) -> Newcomer:
    """The same, before any admin did anything."""
    statement = "UPDATE identity.user SET kyc_status = 'pending', roles = '{user}', status = 'active' WHERE id = :id"
    asking.desk.rows(statement, id=asking.user_id)
    asking.desk.rows("UPDATE identity.second_factor SET reset_at = NULL WHERE user_id = :id", id=asking.user_id)
    return asking


class TestMeanwhile:
    @pytest.mark.parametrize("loss", LOSSES)
    @pytest.mark.parametrize("act", ACTS)
    def test_nothing_is_done_for_who_has_just_lost_the_right(
        self, ada: Newcomer, anna: Newcomer, platform: Configuration, desk: Desk, act: str, loss: str
    ) -> None:
        user_id, (change, refusal) = anna.user_id, LOSSES[loss]
        before = anna.desk.events_of(user_id)
        answer = meanwhile(platform, desk, ada.user_id, lambda: ACTS[act](ada, user_id), change)
        assert outcome(answer) == refusal
        assert anna.desk.events_of(user_id) == before

    @pytest.mark.parametrize("act", ACTS)
    def test_what_happens_to_others_does_not_matter(
        self, ada: Newcomer, anna: Newcomer, platform: Configuration, desk: Desk, act: str
    ) -> None:
        user_id = anna.user_id
        answer = meanwhile(platform, desk, user_id, lambda: ACTS[act](ada, user_id))
        assert answer.status == 200, answer.raw


class TestEachOther:
    def test_admins_who_act_on_each_other_wait(
        self, ada: Newcomer, platform: Configuration, desk: Desk, guard: Guard
    ) -> None:
        """Half of them would hold what the other half needs, if each locked the own account first."""
        eve = _admin(platform, desk, guard).shown()
        pairs = [(ada, eve.user_id), (eve, ada.user_id)] * TIMES
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda pair: ACTS["second factor"](*pair), pairs))
        assert [answer.status for answer in answers] == [200] * len(pairs)

    def test_of_two_who_take_the_role_from_each_other_one_keeps_it(
        self, platform: Configuration, desk: Desk, guard: Guard
    ) -> None:
        ada, eve = (_admin(platform, desk, guard).shown() for _ in range(2))
        pairs = [(ada, eve.user_id), (eve, ada.user_id)]
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda pair: _act(pair[0], "PATCH", pair[1], {"roles": []}), pairs))
        assert sorted(answer.status for answer in answers) == [200, 403]
