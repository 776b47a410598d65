"""What somebody is told who gets an account back: API keys and schedules that were made before outlive it."""

from collections.abc import Sequence

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard
from tests.integration.merchants import PAYING, Merchant
from tests.integration.money import get
from tests.integration.patience import until
from tests.integration.people import Town
from tests.integration.scheduling import change, made_schedule

NEW = "a stormy sea by night"
_SAID = (
    "2 of your API keys still work",
    "DELETE /v1/api-keys/{key_id}",
    "2 of your scheduled transfers may still run",
    "POST /v1/schedules/{schedule_id}/cancel",
)


@pytest.fixture
def merchant(town: Town, payee: Person, guard: Guard, desk: Desk) -> Merchant:
    """Somebody with two API keys and two schedules, and one of each that has ended. The next sign-in takes the password
    alone.
    """
    made = Merchant(town.person("EUR"), guard, desk)
    keys = [made.key(PAYING) for _ in range(3)]
    assert made.revoke(keys[0]).status == 204
    schedules = [made_schedule(made.person, payee.wallet_id, recurrence={"every": "day"}) for _ in range(3)]
    assert change(made.person, schedules[0], "cancel").status == 200
    assert change(made.person, schedules[1], "pause").status == 200
    assert guard.request("PUT", f"/v1/users/{made.user_id}/mfa/reset", {"reason": "a test"}).status == 200
    desk.rows("UPDATE identity.second_factor SET reset_at = now() WHERE user_id = :id", id=made.user_id)
    return made


def _post(merchant: Merchant, path: str, **body: object) -> Answer:
    return merchant.person.client.request("POST", f"/v1/auth/{path}", body)


def _enter(merchant: Merchant) -> str:
    """Signs in; the refresh token."""
    person = merchant.person
    answer = _post(merchant, "login", email=person.email, password=person.password)
    person.client.token = answer.body["access_token"]
    return str(answer.body["refresh_token"])


def _until_told(merchant: Merchant, subject: str, said: Sequence[str] = _SAID) -> None:
    def told(answer: Answer) -> bool:
        bodies = [notice["body"] for notice in answer.body["data"] if notice["subject"] == subject]
        return any(all(each in body for each in said) for body in bodies)

    until(lambda: get(merchant.person, "/v1/notifications?limit=100"), told)


class TestKeysAndSchedules:
    def test_that_are_left_are_told_after_a_reset_of_the_second_factor(self, merchant: Merchant) -> None:
        _enter(merchant)
        _until_told(merchant, "Your second factor was removed")

    def test_that_are_left_are_told_after_a_forgotten_password(self, merchant: Merchant, desk: Desk) -> None:
        person = merchant.person
        assert _post(merchant, "password/forgot", email=person.email).status == 202
        code, person.password = desk.reset_codes_of(merchant.user_id)[-1], NEW
        assert _post(merchant, "password/reset", email=person.email, code=code, new_password=NEW).status == 200
        _enter(merchant)
        _until_told(merchant, "Your password has changed")

    def test_that_are_left_are_told_after_two_uses_of_a_refresh_token(self, merchant: Merchant) -> None:
        first = _enter(merchant)
        second = _post(merchant, "refresh", refresh_token=first).body["refresh_token"]
        assert _post(merchant, "refresh", refresh_token=second).status == 200
        assert _post(merchant, "refresh", refresh_token=first).status == 401
        _enter(merchant)
        _until_told(merchant, "A session was ended for your safety")

    def test_that_live_again_are_told_when_the_account_is_enabled(self, merchant: Merchant) -> None:
        merchant.change(status="disabled")
        merchant.change(status="active")
        _enter(merchant)
        _until_told(merchant, "Your profile has changed", ("Changed: status.", *_SAID))

    def test_that_live_again_are_told_when_the_merchants_role_is_back(self, merchant: Merchant) -> None:
        merchant.change(roles=[])
        merchant.change(roles=["merchant"])
        _until_told(merchant, "Your profile has changed", ("Changed: roles.", *_SAID[:2]))
