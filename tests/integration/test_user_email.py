"""Another e-mail address, through the public door."""

import re
import secrets

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.patience import until

INVALID_CODE = (422, "invalid_code")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account, signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


@pytest.fixture
def address() -> str:
    return f"another.{secrets.token_hex(6)}@example.com"


def _ask(who: Newcomer, email: str, password: str | None = None) -> Answer:
    body = {"email": email, "current_password": password or who.password}
    return who.client.request("POST", "/v1/auth/email/change", body)


def _confirm(who: Newcomer, code: str) -> Answer:
    return who.client.request("POST", "/v1/auth/email/confirm", {"code": code})


def _codes(who: Newcomer) -> list[str]:
    return who.desk.email_codes_of(str(who.me().body["id"]))


class TestChange:
    def test_is_made_with_the_code(self, anna: Newcomer, address: str) -> None:
        old, user_id = anna.email, anna.user_id
        asked = _ask(anna, address)
        assert (asked.status, asked.body) == (202, {"object": "email_change", "status": "code_sent"})
        assert anna.me().body["email"] == old
        (code,) = _codes(anna)
        done = _confirm(anna, code)
        assert (done.status, done.body["email"]) == (200, address)
        assert anna.me().body == done.body
        assert outcome(anna.log_in()) == (401, "invalid_credentials")
        anna.email = address
        assert anna.log_in().status == 200
        assert outcome(_confirm(anna, code)) == INVALID_CODE
        changed = [kind for kind, _ in anna.desk.events_of(user_id) if "email" in kind]
        assert changed == ["user.email_change_asked", "user.email_changed"]

    def test_tells_the_old_address_and_the_new_one(self, anna: Newcomer, address: str, platform: Configuration) -> None:
        old = anna.email
        _ask(anna, address)
        (code,) = _codes(anna)
        _confirm(anna, code)

        def letters(email: str) -> Answer:
            return Client(platform.ports.mail_web).request("GET", f"/api/email?to.address={email}")

        def subjects(answer: Answer) -> set[str]:
            return {str(letter["subject"]) for letter in answer.body}

        wanted_new = {"Your Paycore code", "Your profile has changed"}
        wanted_old = {"Another e-mail address was asked for", "Your e-mail address has changed"}
        until(lambda: letters(old), lambda answer: wanted_old <= subjects(answer))
        until(lambda: letters(address), lambda answer: wanted_new <= subjects(answer))
        texts = {str(letter["subject"]): str(letter["text"]) for letter in letters(address).body}
        assert code in texts["Your Paycore code"]

    def test_takes_the_password(self, anna: Newcomer, address: str) -> None:
        assert outcome(_ask(anna, address, "a quiet lake at dusk")) == (401, "invalid_credentials")
        assert _codes(anna) == []

    def test_to_an_address_that_somebody_has_says_the_same(
        self, anna: Newcomer, address: str, platform: Configuration, desk: Desk
    ) -> None:
        ben = Newcomer(desk, platform.ports.gateway).settle_in()
        taken, free = _ask(anna, ben.email), _ask(anna, address)
        assert (taken.status, taken.raw) == (free.status, free.raw)
        assert len(_codes(anna)) == 1

    def test_is_not_made_once_somebody_else_has_the_address(
        self, anna: Newcomer, address: str, platform: Configuration, desk: Desk
    ) -> None:
        _ask(anna, address)
        (code,) = _codes(anna)
        Newcomer(desk, platform.ports.gateway, email=address).settle_in()
        old = anna.email
        assert outcome(_confirm(anna, code)) == INVALID_CODE
        assert anna.me().body["email"] == old

    def test_of_a_wrong_code_is_not_made_and_five_are_all_of_a_place(self, anna: Newcomer, address: str) -> None:
        _ask(anna, address)
        (code,) = _codes(anna)
        for _ in range(5):
            assert outcome(_confirm(anna, wrong(code))) == INVALID_CODE
        assert outcome(_confirm(anna, code)) == INVALID_CODE
        anna.client.address = anna.elsewhere().address
        assert _confirm(anna, code).body["email"] == address

    def test_takes_a_code_beyond_guessing(self, anna: Newcomer, address: str) -> None:
        _ask(anna, address)
        (code,) = _codes(anna)
        assert re.fullmatch("[a-hjkmnp-z2-9]{5}-[a-hjkmnp-z2-9]{5}", code)

    def test_takes_the_newest_code_only(self, anna: Newcomer, address: str) -> None:
        _ask(anna, address)
        _ask(anna, f"x{address}")
        first, second = _codes(anna)
        if first != second:
            assert outcome(_confirm(anna, first)) == INVALID_CODE
        assert _confirm(anna, second).body["email"] == f"x{address}"

    def test_after_fifteen_minutes_is_not_made(self, anna: Newcomer, address: str) -> None:
        _ask(anna, address)
        (code,) = _codes(anna)
        anna.desk.rows(
            "UPDATE identity.email_change SET expires_at = clock_timestamp() WHERE user_id = :id", id=anna.user_id
        )
        assert outcome(_confirm(anna, code)) == INVALID_CODE

    def test_voids_codes_that_went_to_the_old_address(self, anna: Newcomer, address: str) -> None:
        anna.post("password/forgot", email=anna.email)
        reset = anna.desk.reset_codes_of(anna.user_id)[-1]
        _ask(anna, address)
        (code,) = _codes(anna)
        assert _confirm(anna, code).status == 200
        refused = anna.post("password/reset", email=address, code=reset, new_password="a stormy sea by night")
        assert outcome(refused) == INVALID_CODE

    @pytest.mark.parametrize("email", ["", "anna", "anna@", "a@b@c.com", "anna@example.com\n", 7, None])
    def test_to_what_is_no_address_is_refused(self, anna: Newcomer, email: object) -> None:
        body = {"email": email, "current_password": anna.password}
        answer = anna.client.request("POST", "/v1/auth/email/change", body)
        assert outcome(answer) == (422, "invalid_request")
