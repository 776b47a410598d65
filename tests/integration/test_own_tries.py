"""Who is known has tries of their own: strangers, also those behind the same address, use none of them up."""

import secrets
from collections.abc import Callable

import pytest

from local.configuration import Configuration
from local.http_client import Answer, Client
from tests.integration.desk import Desk
from tests.integration.devices import sign_in, token_of, told
from tests.integration.factor import Phone, enrolled, let_time_pass, mfa
from tests.integration.newcomer import Newcomer, outcome, wrong

GUESS = "not the password at all"
NEW = "a stormy sea by night"
LOCKED = (429, "rate_limited")
INVALID_CREDENTIALS = (401, "invalid_credentials")
INVALID_CODE = (422, "invalid_code")
SOURCE_MAX = 20


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


def _reset(anna: Newcomer) -> Answer:
    """A forgotten password, somewhere else."""
    assert anna.post("password/forgot", email=anna.email).status == 202
    code = anna.desk.reset_codes_of(anna.user_id)[-1]
    anna.client, anna.password = anna.elsewhere(), NEW
    return anna.post("password/reset", email=anna.email, code=code, new_password=NEW)


def _try(client: Client, email: str, **more: object) -> Answer:
    return client.request("POST", "/v1/auth/login", {"email": email, "password": GUESS, **more})


def _guess_from_everywhere(anna: Newcomer) -> None:
    answers = [outcome(_try(anna.elsewhere(), anna.email)) for _ in range(6)]
    assert answers == [INVALID_CREDENTIALS] * 5 + [LOCKED]


def _use_up(anna: Newcomer, kind: str) -> None:
    """As if a stranger at the same address had tried twenty of a kind, of which one was tried last."""
    anna.desk.change_counter(kind, f"taken = {SOURCE_MAX}")


class TestReset:
    def test_brings_a_device_that_guesses_from_elsewhere_do_not_lock_out(self, anna: Newcomer) -> None:
        lost = token_of(anna)
        done = _reset(anna)
        assert (done.status, done.body["status"]) == (200, "password_changed")
        _guess_from_everywhere(anna)
        assert outcome(anna.post("login", email=anna.email, password=NEW, device_token=lost)) == LOCKED
        token = done.body["device_token"]
        entered = anna.post("login", email=anna.email, password=NEW, device_token=token)
        assert (entered.status, entered.body["device_token"]) == (200, token)
        assert told(anna) == [True, False]

    def test_brings_one_anew_each_time(self, anna: Newcomer) -> None:
        first, second = (str(_reset(anna).body["device_token"]) for _ in range(2))
        assert token_of(anna, device_token=second) == second
        assert token_of(anna, device_token=first) != first

    def test_that_fails_brings_none(self, anna: Newcomer) -> None:
        refused = anna.post("password/reset", email=anna.email, code="wrong-codes", new_password=NEW)
        assert outcome(refused) == INVALID_CODE
        assert "device_token" not in refused.body
        assert anna.desk.rows("SELECT FROM identity.known_device WHERE user_id = :id", id=anna.user_id) == []

    def test_gives_the_device_five_tries_and_not_more(self, anna: Newcomer) -> None:
        token = _reset(anna).body["device_token"]
        answers = [outcome(_try(anna.elsewhere(), anna.email, device_token=token)) for _ in range(6)]
        assert answers == [INVALID_CREDENTIALS] * 5 + [LOCKED]


class TestSameAddress:
    """Many people share one, and a stranger among them guesses."""

    def test_a_known_device_is_let_in_and_nobody_else(self, anna: Newcomer, platform: Configuration) -> None:
        token = token_of(anna)
        foreign = token_of(Newcomer(anna.desk, platform.ports.gateway).settle_in())
        invented = [f"nobody.{secrets.token_hex(6)}@example.com" for _ in range(SOURCE_MAX)]
        assert {outcome(_try(anna.client, email)) for email in invented} == {INVALID_CREDENTIALS}
        for shown in ({}, {"device_token": foreign}, {"device_token": "dev_" + "A" * 43}):
            answer = anna.post("login", email=anna.email, password=anna.password, **shown)
            assert outcome(answer) == LOCKED, shown
        assert outcome(_try(anna.client, invented[0], device_token=token)) == LOCKED, "it is not that one's"
        assert anna.post("login", email=anna.email, password=anna.password, device_token=token).status == 200
        assert outcome(anna.log_in()) == LOCKED, "that gives the source nothing back"

    def test_a_known_device_takes_nothing_from_it_and_gives_nothing_back(self, anna: Newcomer) -> None:
        token = token_of(anna)
        assert outcome(_try(anna.client, f"nobody.{secrets.token_hex(6)}@example.com")) == INVALID_CREDENTIALS
        _use_up(anna, "sign-in-source")
        for _ in range(2):
            assert outcome(_try(anna.client, anna.email, device_token=token)) == INVALID_CREDENTIALS
            assert anna.post("login", email=anna.email, password=anna.password, device_token=token).status == 200
        assert outcome(anna.log_in()) == LOCKED
        anna.desk.change_counter("sign-in-source", f"taken = {SOURCE_MAX - 1}")
        for _ in range(5):
            _try(anna.client, anna.email, device_token=token)
        assert anna.log_in().status == 200, "one try was left"

    @pytest.mark.parametrize(
        "ask",
        [
            lambda anna: anna.post("password/change", current_password=anna.password, new_password=NEW),
            lambda anna: anna.post("email/change", email=f"x{anna.email}", current_password=anna.password),
            lambda anna: mfa(anna.client, "enroll", password=anna.password),
        ],
        ids=["new password", "change of address", "second factor"],
    )
    def test_who_is_in_may_give_the_password(self, anna: Newcomer, ask: Callable[[Newcomer], Answer]) -> None:
        anna.client.token = sign_in(anna).body["access_token"]
        _try(anna.client, anna.email)
        _use_up(anna, "sign-in-source")
        answer = ask(anna)
        assert answer.status in (200, 202), answer.raw
        assert outcome(_try(anna.client, anna.email)) == LOCKED, "that gives the source nothing back"

    def test_who_is_in_may_give_a_code_from_a_mail(self, anna: Newcomer) -> None:
        anna.client.token = sign_in(anna).body["access_token"]
        other = f"other.{secrets.token_hex(6)}@example.com"
        assert anna.post("email/change", email=other, current_password=anna.password).status == 202
        code = anna.desk.email_codes_of(anna.user_id)[-1]
        assert outcome(anna.post("verify-email", email=anna.email, code=code)) == INVALID_CODE
        _use_up(anna, "code-source")
        assert outcome(anna.post("verify-email", email=anna.email, code=code)) == LOCKED
        assert outcome(anna.post("email/confirm", code=wrong(code))) == INVALID_CODE
        _use_up(anna, "own-code")
        anna.client.address = anna.elsewhere().address
        assert outcome(anna.post("email/confirm", code=code)) == LOCKED, "from wherever"
        anna.desk.change_counter("own-code", f"taken = {SOURCE_MAX - 1}")
        assert anna.post("email/confirm", code=code).status == 200


class TestSecondFactor:
    @pytest.fixture
    def phone(self, anna: Newcomer) -> Phone:
        anna.sign_in()
        return enrolled(anna)[0]

    def show(self, anna: Newcomer, phone: Phone, **shown: str) -> Answer:
        """Both steps of a sign-in, with a code that was not used yet."""
        challenge = anna.post("login", email=anna.email, password=anna.password, **shown).body
        let_time_pass(anna.desk, anna.user_id)
        return anna.post("login/mfa", mfa_token=challenge["mfa_token"], code=phone.code())

    def test_of_a_known_device_and_in_a_session_counts_at_no_source(self, anna: Newcomer, phone: Phone) -> None:
        entered = self.show(anna, phone).body
        challenge = anna.log_in().body["mfa_token"]
        assert outcome(anna.post("login/mfa", mfa_token=challenge, code=wrong(phone.code()))) == INVALID_CODE
        _use_up(anna, "factor-source")
        assert outcome(self.show(anna, phone)) == LOCKED
        assert outcome(self.show(anna, phone, device_token="dev_" + "A" * 43)) == LOCKED
        assert self.show(anna, phone, device_token=entered["device_token"]).status == 200
        anna.client.token = entered["access_token"]
        let_time_pass(anna.desk, anna.user_id)
        assert mfa(anna.client, "step-up", code=phone.code()).status == 200
        assert outcome(self.show(anna, phone)) == LOCKED, "that gives the source nothing back"

    def test_has_five_tries_in_all_also_of_a_known_device(self, anna: Newcomer, phone: Phone) -> None:
        shown = {"device_token": str(self.show(anna, phone).body["device_token"])}
        challenge = anna.post("login", email=anna.email, password=anna.password, **shown).body["mfa_token"]
        let_time_pass(anna.desk, anna.user_id)
        code = phone.code()
        for _ in range(5):
            assert outcome(anna.post("login/mfa", mfa_token=challenge, code=wrong(code))) == INVALID_CODE
        assert outcome(anna.post("login/mfa", mfa_token=challenge, code=code)) == LOCKED
