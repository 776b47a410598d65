"""Another e-mail address, through the public door."""

import re
import secrets
from datetime import datetime

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.patience import until

INVALID_CODE = (422, "invalid_code")
ASKED = "Another e-mail address was asked for"
instant = datetime.fromisoformat


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


def _changes(who: Newcomer) -> list[dict[str, object]]:
    """What the export says of changes, without their ids and with how long each lives, in minutes."""
    shown = who.client.request("GET", "/v1/users/me/export").body["email_changes"]["data"]
    life = {each["id"]: instant(each["expires_at"]) - instant(each["created_at"]) for each in shown}
    left_out = {"id", "created_at", "expires_at"}
    return [
        {**{k: v for k, v in each.items() if k not in left_out}, "minutes": round(life[each["id"]].seconds / 60)}
        for each in shown
    ]


def _subjects(platform: Configuration, email: str) -> list[str]:
    """Of what came to a mailbox, oldest first."""
    letters = Client(platform.ports.mail_web).request("GET", f"/api/email?to.address={email}").body
    return [str(letter["subject"]) for letter in letters]


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
        wanted_old = {ASKED, "Your e-mail address has changed"}
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
        taken, in_between = _ask(anna, ben.email), _changes(anna)
        # whoever asks again takes the place of what went before, the notice of it, too
        until(lambda: _subjects(platform, anna.email), lambda subjects: ASKED in subjects)
        free = _ask(anna, address)
        assert (taken.status, taken.raw) == (free.status, free.raw)
        (one,), (other,) = in_between, _changes(anna)
        assert one == {**other, "new_email": ben.email}
        # of one person's events the last is told last
        until(lambda: _subjects(platform, address), lambda subjects: subjects == ["Your Paycore code"])
        until(lambda: _subjects(platform, anna.email), lambda subjects: subjects.count(ASKED) == 2)
        assert "Your Paycore code" not in _subjects(platform, ben.email)[1:], "but for that of the registration"

    @pytest.mark.parametrize("is_taken", [True, False])
    def test_voids_the_code_before_wherever_it_goes(
        self, anna: Newcomer, address: str, platform: Configuration, desk: Desk, is_taken: bool
    ) -> None:
        _ask(anna, address)
        ben = Newcomer(desk, platform.ports.gateway)
        _ask(anna, (ben.settle_in() if is_taken else ben).email)
        assert outcome(_confirm(anna, _codes(anna)[0])) == INVALID_CODE

    def test_to_an_address_that_somebody_has_is_made_with_no_code(
        self, anna: Newcomer, address: str, platform: Configuration, desk: Desk
    ) -> None:
        ben = Newcomer(desk, platform.ports.gateway).settle_in()
        ben.sign_in()
        _ask(anna, ben.email)
        (dead,) = _codes(anna)
        assert outcome(_confirm(anna, dead)) == INVALID_CODE
        assert ben.log_in().status == 200
        _ask(ben, address)
        assert _confirm(ben, _codes(ben)[0]).status == 200
        assert outcome(_confirm(anna, dead)) == INVALID_CODE, "nor when its owner has left it"

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
