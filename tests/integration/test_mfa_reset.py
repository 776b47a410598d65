"""A lost second factor: an admin who has shown theirs asks, the owner is told and may stop it, a day later it is gone."""

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, changes_of, enrolled, step_up
from tests.integration.money import get
from tests.integration.newcomer import Newcomer, outcome
from tests.integration.patience import until

REASON = "Phone and {codes} burnt"


def _ask(guard: Guard, user_id: str) -> Answer:
    return guard.request("PUT", f"/v1/users/{user_id}/mfa/reset", {"reason": REASON})


@pytest.fixture
def newcomer(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


@pytest.fixture
def factor(newcomer: Newcomer) -> tuple[Phone, list[str]]:
    """The newcomer's phone and recovery codes."""
    return enrolled(newcomer)


@pytest.fixture
def anna(newcomer: Newcomer, factor: tuple[Phone, list[str]]) -> Newcomer:  # noqa: ARG001  # who has it from now on
    """Somebody with a second factor, signed in."""
    return newcomer


def _let_a_day_pass(anna: Newcomer, and_days: int = 0) -> None:
    anna.desk.rows(
        "UPDATE identity.second_factor SET reset_at = now() - make_interval(days => :days) "
        "WHERE user_id = :id AND reset_at IS NOT NULL",
        id=anna.user_id,
        days=and_days,
    )


def _reset_at(anna: Newcomer) -> object:
    return anna.client.request("GET", "/v1/auth/mfa").body["reset_at"]


class TestReset:
    def test_takes_a_day_and_then_the_password_is_enough(self, guard: Guard, anna: Newcomer) -> None:
        asked = _ask(guard, anna.user_id)
        assert (asked.status, asked.body["object"]) == (200, "mfa_reset")
        state = anna.client.request("GET", "/v1/auth/mfa").body
        assert (state["enabled"], state["reset_at"]) == (True, asked.body["reset_at"])
        ((hours,),) = anna.desk.rows(
            "SELECT round(extract(epoch FROM reset_at - now()) / 3600) FROM identity.second_factor WHERE user_id = :id",
            id=anna.user_id,
        )
        assert hours == 24
        assert anna.log_in().body["object"] == "mfa_challenge"
        _let_a_day_pass(anna)
        entered = anna.log_in()
        assert entered.body["object"] == "session", entered.raw
        assert outcome(anna.me()) == (401, "session_revoked")
        anna.client.token = entered.body["access_token"]
        assert anna.me().body["mfa_enabled"] is False
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "reset_requested", "reset"]
        enrolled(anna)

    def test_a_wrong_password_finishes_nothing(self, guard: Guard, anna: Newcomer) -> None:
        _ask(guard, anna.user_id)
        _let_a_day_pass(anna)
        assert outcome(anna.log_in("not the right one")) == (401, "invalid_credentials")
        assert anna.me().body["mfa_enabled"] is True

    def test_is_told_at_once_and_stopped_by_its_owner(self, guard: Guard, anna: Newcomer) -> None:
        _ask(guard, anna.user_id)
        person = Person("Anna", anna.email, anna.password, anna.client)

        def told(answer: Answer) -> bool:
            mails = [each for each in answer.body["data"] if each["channel"] == "email" and each["status"] == "sent"]
            return any(REASON in each["body"] and "/v1/auth/mfa/reset" in each["body"] for each in mails)

        until(lambda: get(person, "/v1/notifications"), told)
        stopped = anna.client.request("DELETE", "/v1/auth/mfa/reset")
        assert (stopped.status, stopped.raw) == (204, b"")
        assert outcome(anna.client.request("DELETE", "/v1/auth/mfa/reset")) == (404, "mfa_reset_not_found")
        waiting = "SELECT count(*) FROM identity.second_factor WHERE user_id = :id AND reset_at IS NOT NULL"
        assert anna.desk.rows(waiting, id=anna.user_id) == [[0]]
        assert anna.log_in().body["object"] == "mfa_challenge"
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "reset_requested", "reset_stopped"]

    def test_asked_for_twice_keeps_its_time(self, guard: Guard, anna: Newcomer) -> None:
        first, second = _ask(guard, anna.user_id), _ask(guard, anna.user_id)
        assert first.body == second.body
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "reset_requested"]

    def test_asked_for_by_another_admin_is_on_record_and_keeps_its_time(
        self, guard: Guard, admin: Person, anna: Newcomer
    ) -> None:
        first = _ask(guard, anna.user_id)
        path, other = f"/v1/users/{anna.user_id}/mfa/reset", {"reason": "She rang me, too"}
        second = admin.client.request("PUT", path, other)
        assert (second.status, second.body) == (200, first.body)
        told = [data for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.mfa_changed"][1:]
        actors = [each.client.request("GET", "/v1/users/me").body["id"] for each in (guard.person, admin)]
        assert [(each["actor_id"], each["reason"]) for each in told] == list(
            zip(actors, (REASON, other["reason"]), strict=True)
        )
        assert {(each["change"], each["effective_at"]) for each in told} == {
            ("reset_requested", first.body["reset_at"])
        }

    def test_ends_where_its_owner_still_uses_the_phone(
        self, guard: Guard, anna: Newcomer, factor: tuple[Phone, list[str]]
    ) -> None:
        _ask(guard, anna.user_id)
        step_up(anna, factor[0], anna.desk)
        assert _reset_at(anna) is None
        _let_a_day_pass(anna)
        assert anna.log_in().body["object"] == "mfa_challenge"
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "reset_requested", "reset_stopped"]

    def test_ends_where_its_owner_signs_in_with_a_recovery_code_though_it_is_due(
        self, guard: Guard, anna: Newcomer, factor: tuple[Phone, list[str]]
    ) -> None:
        challenge = anna.log_in().body["mfa_token"]
        _ask(guard, anna.user_id)
        _let_a_day_pass(anna)
        assert anna.post("login/mfa", mfa_token=challenge, code=factor[1][0]).status == 200
        assert anna.log_in().body["object"] == "mfa_challenge"
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "reset_requested", "code_used", "reset_stopped"]

    def test_is_void_a_week_after_it_was_due(self, guard: Guard, anna: Newcomer) -> None:
        first = _ask(guard, anna.user_id).body
        _let_a_day_pass(anna, and_days=7)
        assert _reset_at(anna) is None
        assert anna.log_in().body["object"] == "mfa_challenge"
        assert outcome(anna.client.request("DELETE", "/v1/auth/mfa/reset")) == (404, "mfa_reset_not_found")
        second = _ask(guard, anna.user_id).body
        assert second["reset_at"] > first["reset_at"]
        assert _reset_at(anna) == second["reset_at"]
        assert changes_of(anna.desk, anna.user_id) == ["enabled", "reset_requested", "reset_requested"]

    def test_is_not_void_within_the_week(self, guard: Guard, anna: Newcomer) -> None:
        _ask(guard, anna.user_id)
        _let_a_day_pass(anna, and_days=6)
        assert anna.log_in().body["object"] == "session"


class TestWho:
    def test_an_admin_needs_the_second_factor_of_now(
        self, guard: Guard, anna: Newcomer, platform: Configuration, desk: Desk
    ) -> None:
        ada = Newcomer(desk, platform.ports.gateway).settle_in()
        token = ada.sign_in()
        change = {"roles": ["admin"], "reason": "a test"}
        assert guard.request("PATCH", f"/v1/users/{ada.user_id}", change).status == 200
        enrolled(ada, desk)
        aged = "UPDATE identity.session SET stepped_up_at = now() - interval '301 seconds' WHERE user_id = :id"
        desk.rows(aged, id=ada.user_id)
        ada.client.token = ada.refresh(token).body["access_token"]
        path = f"/v1/users/{anna.user_id}/mfa/reset"
        assert outcome(ada.client.request("PUT", path, {"reason": "x"})) == (403, "step_up_required")

    def test_nobody_else_may(self, anna: Newcomer) -> None:
        path = f"/v1/users/{anna.user_id}/mfa/reset"
        assert outcome(anna.client.request("PUT", path, {"reason": "x"})) == (403, "forbidden")

    def test_an_admin_not_for_oneself(self, guard: Guard) -> None:
        own_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        assert outcome(_ask(guard, own_id)) == (403, "forbidden")

    @pytest.mark.parametrize("user_id", ["usr_00000000000000000000000000", "usr_x", "wal_1"])
    def test_nobody_is_404(self, guard: Guard, user_id: str) -> None:
        assert outcome(_ask(guard, user_id)) == (404, "user_not_found")

    def test_without_a_factor_is_409(self, guard: Guard, platform: Configuration, desk: Desk) -> None:
        nobody = Newcomer(desk, platform.ports.gateway).settle_in()
        assert outcome(_ask(guard, nobody.user_id)) == (409, "mfa_not_enrolled")
