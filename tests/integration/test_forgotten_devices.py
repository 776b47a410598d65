"""Devices are forgotten: the oldest, the stale, and all of them after a fright; and the second factor asks in between."""

import secrets

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.devices import sign_in, token_of, told
from tests.integration.factor import Guard, Phone, enrolled, let_time_pass
from tests.integration.newcomer import Newcomer, outcome

NEW_PASSWORD = "a stormy sea by night"
DEVICES_MAX = 20


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


class TestForgetting:
    def test_twenty_are_kept_and_the_last_seen_stay(self, anna: Newcomer) -> None:
        oldest, second = token_of(anna), token_of(anna)
        token_of(anna, device_token=oldest)  # seen again: now the second one is the oldest
        anna.desk.rows(
            "INSERT INTO identity.known_device (user_id, digest) "
            "SELECT :id, sha256(n::text::bytea) FROM generate_series(1, :others) n",
            id=anna.user_id,
            others=DEVICES_MAX - 2,
        )
        token_of(anna)
        count = "SELECT count(*) FROM identity.known_device WHERE user_id = :id"
        assert anna.desk.rows(count, id=anna.user_id) == [[DEVICES_MAX]]
        assert token_of(anna, device_token=oldest) == oldest
        assert token_of(anna, device_token=second) != second
        assert anna.desk.rows(count, id=anna.user_id) == [[DEVICES_MAX]]

    @pytest.mark.parametrize(("days", "is_new"), [(89, False), (90, True)])
    def test_after_ninety_days_without_a_sign_in(self, anna: Newcomer, days: int, is_new: bool) -> None:
        token = token_of(anna)
        anna.desk.rows(
            "UPDATE identity.known_device SET last_seen_at = now() - make_interval(days => :days) WHERE user_id = :id",
            days=days,
            id=anna.user_id,
        )
        assert (token_of(anna, device_token=token) != token) == is_new
        assert told(anna) == [True, is_new]
        assert anna.desk.rows("SELECT count(*) FROM identity.known_device WHERE user_id = :id", id=anna.user_id) == [
            [1]
        ]

    def test_with_a_forgotten_password_all(self, anna: Newcomer) -> None:
        token = token_of(anna)
        anna.post("password/forgot", email=anna.email)
        code = anna.desk.reset_codes_of(anna.user_id)[-1]
        reset = anna.post("password/reset", email=anna.email, code=code, new_password=NEW_PASSWORD)
        assert reset.status == 200, reset.raw
        anna.password = NEW_PASSWORD
        assert token_of(anna, device_token=token) != token

    def test_with_a_changed_password_all_but_the_one_in_use(self, anna: Newcomer) -> None:
        other = token_of(anna)
        session = sign_in(anna).body
        anna.client.token = session["access_token"]
        body = {"current_password": anna.password, "new_password": NEW_PASSWORD}
        changed = anna.client.request("POST", "/v1/auth/password/change", body)
        assert changed.status == 200, changed.raw
        anna.password = NEW_PASSWORD
        own = str(session["device_token"])
        assert token_of(anna, device_token=own) == own
        assert token_of(anna, device_token=other) != other
        # and once more from the session that the change began
        anna.client.token = changed.body["access_token"]
        body = {"current_password": anna.password, "new_password": "an even stormier sea"}
        assert anna.client.request("POST", "/v1/auth/password/change", body).status == 200
        anna.password = "an even stormier sea"
        assert token_of(anna, device_token=own) == own

    def test_with_a_refresh_token_used_twice_all(self, anna: Newcomer) -> None:
        session = sign_in(anna).body
        for _ in range(2):
            refreshed = anna.refresh(session["refresh_token"])
        anna.refresh(refreshed.body["refresh_token"])  # the successor is used: now the first is a copy
        assert outcome(anna.refresh(session["refresh_token"])) == (401, "invalid_token")
        assert token_of(anna, device_token=session["device_token"]) != session["device_token"]

    def test_with_a_reset_of_the_second_factor_all(self, anna: Newcomer, guard: Guard) -> None:
        session = sign_in(anna).body
        anna.client.token = session["access_token"]
        enrolled(anna)
        guard.request("PUT", f"/v1/users/{anna.user_id}/mfa/reset", {"reason": "Phone burnt"})
        anna.desk.rows("UPDATE identity.second_factor SET reset_at = now() WHERE user_id = :id", id=anna.user_id)
        assert token_of(anna, device_token=session["device_token"]) != session["device_token"]


class TestSecondStep:
    @pytest.fixture
    def phone(self, anna: Newcomer) -> Phone:
        anna.sign_in()
        return enrolled(anna)[0]

    def _pass(self, anna: Newcomer, phone: Phone, first: dict[str, str], second: dict[str, str]) -> str:
        challenge = sign_in(anna, **first).body
        assert challenge["object"] == "mfa_challenge"
        assert "device_token" not in challenge
        let_time_pass(anna.desk, anna.user_id)
        answer = anna.post("login/mfa", mfa_token=challenge["mfa_token"], code=phone.code(), **second)
        assert answer.status == 200, answer.raw
        return str(answer.body["device_token"])

    @pytest.mark.parametrize("step", ["password", "code", "both"])
    def test_knows_the_device_of_either_step(self, anna: Newcomer, phone: Phone, step: str) -> None:
        token = self._pass(anna, phone, {}, {})
        shown, nothing = {"device_token": token}, dict[str, str]()
        first, second = (nothing if step == "code" else shown), (nothing if step == "password" else shown)
        assert self._pass(anna, phone, first, second) == token
        assert told(anna)[-2:] == [True, False]

    def test_an_unknown_one_is_new_after_the_code_and_not_before(self, anna: Newcomer, phone: Phone) -> None:
        made = len(told(anna))
        shown = "dev_" + secrets.token_urlsafe(32)
        assert self._pass(anna, phone, {"device_token": shown}, {}) != shown
        assert told(anna)[made:] == [True]

    def test_the_token_waits_sealed(self, anna: Newcomer, phone: Phone) -> None:  # noqa: ARG002  # with a factor
        shown = "dev_" + secrets.token_urlsafe(32)
        sign_in(anna, device_token=shown)
        rows = anna.desk.rows("SELECT c::text FROM identity.mfa_challenge c WHERE user_id = :id", id=anna.user_id)
        assert rows
        assert shown.removeprefix("dev_") not in str(rows)
