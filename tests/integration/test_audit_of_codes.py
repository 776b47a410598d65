"""Whoever tries a one-time code that does not fit leaves a record, and learns no more by it than before."""

import secrets
from typing import Any

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.factor import claims
from tests.integration.newcomer import Newcomer, outcome, wrong
from tests.integration.test_audit_of_failures import INVALID_CODE, LOCKED, failures, left_by, network_of, record_of

GUESS = "wrong-codes"  # of the right form
PASSWORD = "a stormy sea by night"
PHONE = "/v1/users/me/phone/verification"
# At anybody's door: with the address alone.
OUTSIDE = {
    "registration_code": ("verify-email", {}),
    "invitation_code": ("accept-invitation", {"password": PASSWORD, "full_name": "Anna"}),
    "password_code": ("password/reset", {"new_password": PASSWORD}),
}
# In a session.
INSIDE = {"phone_code": f"{PHONE}/confirm", "email_code": "/v1/auth/email/confirm"}


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account, who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


@pytest.fixture
def stranger(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without one."""
    return Newcomer(desk, platform.ports.gateway)


def _knock(who: Newcomer, method: str, code: str = GUESS) -> Answer:
    path, rest = OUTSIDE[method]
    return who.post(path, email=who.email, code=code, **rest)


def _use_up_source(who: Newcomer) -> None:
    """As if it had tried twenty codes, of which this is one."""
    _knock(who, "registration_code")
    who.desk.rows(
        "UPDATE identity.attempt SET taken = 20 WHERE subject = (SELECT subject FROM identity.attempt "
        "WHERE subject LIKE 'code-source:%' ORDER BY window_started_at DESC LIMIT 1)"
    )


class TestWrongCode:
    def test_leaves_whose_account_from_where_and_by_which_request(self, anna: Newcomer, records: Any) -> None:
        for method in OUTSIDE:
            answer = _knock(anna, method)
            assert outcome(answer) == INVALID_CODE
            record = record_of(records, answer)
            assert (record["resource"], record["data"]["user_id"]) == (anna.user_id, anna.user_id)
            assert (record["actor"], record["network"]) == (None, network_of(anna)), "nobody knows who it was"
            assert (record["data"]["method"], record["reason"]) == (method, "wrong")
            assert [secret for secret in (GUESS, anna.email, anna.client.address) if secret in str(record)] == []

    def test_in_a_session_names_it(self, anna: Newcomer, records: Any) -> None:
        other, phone = f"other.{secrets.token_hex(6)}@example.com", f"+49151{secrets.randbelow(10**9):09d}"
        assert anna.post("email/change", email=other, current_password=anna.password).status == 202
        assert anna.client.request("PATCH", "/v1/users/me", {"phone": phone}).status == 200
        assert anna.client.request("POST", PHONE).status == 202
        sent = {
            "email_code": anna.desk.email_codes_of(anna.user_id)[-1],
            "phone_code": anna.desk.phone_code_of(anna.user_id, phone),
        }
        for method, path in INSIDE.items():
            code = sent[method]
            answer = anna.client.request("POST", path, {"code": wrong(code)})
            assert outcome(answer) == INVALID_CODE
            record = record_of(records, answer)
            assert (record["actor"], record["resource"]) == (anna.user_id, anna.user_id)
            assert record["data"]["session_id"] == claims(str(anna.client.token))["sid"]
            assert (record["data"]["method"], record["reason"]) == (method, "wrong")
            hidden = (code, wrong(code), phone, other, anna.email)
            assert [secret for secret in hidden if secret in str(record)] == []
            assert anna.client.request("POST", path, {"code": code}).status == 200
        anna.email = other
        assert failures(anna) == [(method, "wrong") for method in INSIDE], "the right ones leave none"

    def test_of_an_address_that_somebody_took_meanwhile_leaves_one(
        self, anna: Newcomer, stranger: Newcomer, records: Any
    ) -> None:
        stranger.settle_in()
        stranger.sign_in()
        wanted = f"other.{secrets.token_hex(6)}@example.com"
        for who in (anna, stranger):
            assert who.post("email/change", email=wanted, current_password=who.password).status == 202
        codes = {who.user_id: who.desk.email_codes_of(who.user_id)[-1] for who in (stranger, anna)}
        assert stranger.post("email/confirm", code=codes[stranger.user_id]).status == 200
        late = anna.post("email/confirm", code=codes[anna.user_id])
        assert outcome(late) == INVALID_CODE
        assert record_of(records, late)["data"]["method"] == "email_code"
        assert failures(anna) == [("email_code", "wrong")]

    @pytest.mark.parametrize("waits", [True, False], ids=["registered", "unknown"])
    def test_at_no_account_leaves_as_much_but_for_the_account(
        self, stranger: Newcomer, records: Any, waits: bool
    ) -> None:
        if waits:
            stranger.register()
        answers = [_knock(stranger, method) for method in OUTSIDE]
        assert [outcome(each) for each in answers] == [INVALID_CODE] * 3
        assert left_by(stranger.desk, answers) == [(method, "wrong") for method in OUTSIDE]
        record = record_of(records, answers[0])
        assert (record["resource"], record["data"]["user_id"], record["actor"]) == ("nobody", None, None)
        assert record["network"] == network_of(stranger)
        assert [secret for secret in (stranger.email, stranger.email_hmac) if secret in str(record)] == []

    def test_at_a_disabled_account_says_so_to_nobody_else(self, anna: Newcomer) -> None:
        anna.post("password/forgot", email=anna.email)
        (code,) = anna.desk.reset_codes_of(anna.user_id)
        anna.desk.rows("UPDATE identity.user SET status = 'disabled' WHERE id = :id", id=anna.user_id)
        assert outcome(_knock(anna, "password_code", code)) == INVALID_CODE
        assert failures(anna) == [("password_code", "disabled")]


class TestRightCode:
    def test_leaves_none(self, anna: Newcomer) -> None:
        anna.post("password/forgot", email=anna.email)
        (code,) = anna.desk.reset_codes_of(anna.user_id)
        assert _knock(anna, "password_code", code).status == 200
        assert failures(anna) == []


class TestLockedOut:
    def test_a_source_leaves_one_record_whatever_it_tries(self, anna: Newcomer, stranger: Newcomer) -> None:
        _use_up_source(stranger)
        anna.client.address = stranger.client.address
        answers = [_knock(who, method) for method in OUTSIDE for who in (anna, stranger)]
        assert [outcome(each) for each in answers] == [LOCKED] * 6
        assert left_by(anna.desk, answers) == failures(anna) == [("registration_code", "locked_out")]

    def test_a_session_leaves_one_too_from_wherever(self, anna: Newcomer) -> None:
        answers = [anna.client.request("POST", path, {"code": GUESS}) for path in INSIDE.values()]
        anna.desk.change_counter("own-code", "taken = 20")
        anna.client.address = anna.elsewhere().address
        answers += [anna.client.request("POST", path, {"code": GUESS}) for path in INSIDE.values()]
        assert [outcome(each) for each in answers] == [INVALID_CODE] * 2 + [LOCKED] * 2
        tried = [(method, "wrong") for method in INSIDE]
        assert left_by(anna.desk, answers) == failures(anna) == [*tried, ("phone_code", "locked_out")]
