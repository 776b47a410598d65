"""Whoever fails to show that an account is theirs leaves a record, and no number of tries leaves many."""

from typing import Any

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.factor import claims, enrolled, mfa, started
from tests.integration.newcomer import Newcomer, outcome, wrong

KIND = "user.authentication_failed"
GUESS = "not the password at all"
INVALID_CREDENTIALS = (401, "invalid_credentials")
INVALID_CODE = (422, "invalid_code")
LOCKED = (429, "rate_limited")
WRONG_PASSWORD = ("password", "wrong")
LOCKED_PASSWORD = ("password", "locked_out")


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


@pytest.fixture
def stranger(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without one."""
    return Newcomer(desk, platform.ports.gateway)


def network_of(who: Newcomer) -> str:
    return who.client.address.rpartition(".")[0] + ".0/24"


def failures(who: Newcomer) -> list[tuple[str, str]]:
    """How somebody's proofs failed, oldest first."""
    told = [data for kind, data in who.desk.events_of(who.user_id) if kind == KIND]
    return [(data["method"], data["reason"]) for data in told]


def left_by(desk: Desk, answers: list[Answer]) -> list[tuple[str, str]]:
    """The same of some requests, whosever account it was."""
    told = desk.rows(
        "SELECT data->>'method', data->>'reason' FROM outbox.event "
        "WHERE type = :kind AND request_id = ANY(:ids) ORDER BY id",
        kind=KIND, ids=[answer.headers["request-id"] for answer in answers],
    )  # fmt: skip
    return [(method, reason) for method, reason in told]


def record_of(records: Any, answer: Answer) -> dict[str, Any]:
    """The one that a refused request left."""
    (record,) = written(records, {"action": KIND, "request_id": answer.headers["request-id"]})
    return record


def challenge(anna: Newcomer) -> str:
    answer = anna.log_in()
    assert answer.body["object"] == "mfa_challenge", answer.raw
    return str(answer.body["mfa_token"])


class TestSignIn:
    def test_with_a_wrong_password_leaves_whose_account_from_where_and_by_which_request(
        self, anna: Newcomer, records: Any
    ) -> None:
        answer = anna.log_in(GUESS)
        assert outcome(answer) == INVALID_CREDENTIALS
        record = record_of(records, answer)
        assert (record["resource"], record["data"]["user_id"]) == (anna.user_id, anna.user_id)
        assert (record["actor"], record["network"]) == (None, network_of(anna)), "nobody knows who it was"
        assert (record["data"]["method"], record["reason"]) == WRONG_PASSWORD
        assert [secret for secret in (GUESS, anna.email, anna.client.address) if secret in str(record)] == []

    def test_to_no_account_leaves_as_much_but_for_the_account(self, stranger: Newcomer, records: Any) -> None:
        record = record_of(records, stranger.log_in(GUESS))
        assert (record["resource"], record["data"]["user_id"]) == ("nobody", None)
        assert (record["actor"], record["network"]) == (None, network_of(stranger))
        assert (record["data"]["method"], record["reason"]) == WRONG_PASSWORD
        assert [secret for secret in (stranger.email, stranger.email_hmac) if secret in str(record)] == []

    def test_to_a_disabled_account_says_so_to_nobody_else(self, anna: Newcomer, records: Any) -> None:
        anna.desk.rows("UPDATE identity.user SET status = 'disabled' WHERE id = :id", id=anna.user_id)
        answer = anna.log_in()
        assert outcome(answer) == INVALID_CREDENTIALS
        assert record_of(records, answer)["reason"] == "disabled"

    def test_that_succeeds_or_is_a_registration_s_leaves_none(self, anna: Newcomer) -> None:
        stranger = Newcomer(anna.desk, anna.client.port, "a stranger's own choice", anna.email)
        stranger.register()
        assert outcome(stranger.log_in()) == (403, "email_not_verified")
        anna.sign_in()
        assert failures(anna) == []

    def test_with_a_wrong_second_factor_leaves_one_for_each_kind(self, anna: Newcomer, records: Any) -> None:
        anna.sign_in()
        phone, _ = enrolled(anna)
        token = challenge(anna)
        answers = [anna.post("login/mfa", mfa_token=token, code=code) for code in (wrong(phone.code()), "abcde-fghjk")]
        assert [outcome(each) for each in answers] == [INVALID_CODE] * 2
        assert failures(anna) == [("totp", "wrong"), ("recovery_code", "wrong")]
        record = record_of(records, answers[0])
        assert (record["resource"], record["actor"], record["network"]) == (anna.user_id, None, network_of(anna))


class TestLockedOut:
    @pytest.mark.parametrize("exists", [True, False], ids=["an account", "no account"])
    def test_many_tries_leave_one_record_more_than_there_are_tries(self, stranger: Newcomer, exists: bool) -> None:
        if exists:
            stranger.settle_in()
        answers = [stranger.log_in(GUESS) for _ in range(8)]
        assert [outcome(each) for each in answers] == [INVALID_CREDENTIALS] * 5 + [LOCKED] * 3
        assert left_by(stranger.desk, answers) == [WRONG_PASSWORD] * 5 + [LOCKED_PASSWORD]

    def test_who_waited_and_is_locked_out_again_leaves_another(self, anna: Newcomer) -> None:
        for _ in range(2):
            for _ in range(7):
                anna.log_in(GUESS)
            anna.desk.rows("UPDATE identity.attempt SET window_started_at = window_started_at - interval '15 minutes'")
        assert failures(anna) == ([WRONG_PASSWORD] * 5 + [LOCKED_PASSWORD]) * 2

    def test_a_source_leaves_one_whatever_accounts_it_tries(self, anna: Newcomer, stranger: Newcomer) -> None:
        stranger.log_in(GUESS)
        used_up = (
            "UPDATE identity.attempt SET taken = 20 WHERE subject = (SELECT subject FROM identity.attempt "
            "WHERE subject LIKE 'sign-in-source:%' ORDER BY window_started_at DESC LIMIT 1)"
        )
        stranger.desk.rows(used_up)
        anna.client = stranger.client
        answers = [who.log_in() for who in (anna, stranger, anna)]
        assert [outcome(each) for each in answers] == [LOCKED] * 3
        assert left_by(anna.desk, answers) == failures(anna) == [LOCKED_PASSWORD]

    def test_codes_leave_one_record_more_than_there_are_tries(self, anna: Newcomer) -> None:
        anna.sign_in()
        phone, _ = enrolled(anna)
        token = challenge(anna)
        for _ in range(7):
            anna.post("login/mfa", mfa_token=token, code=wrong(phone.code()))
        assert failures(anna) == [("totp", "wrong")] * 5 + [("totp", "locked_out")]


class TestInASession:
    def test_a_wrong_password_or_code_names_the_session(self, anna: Newcomer, records: Any) -> None:
        anna.sign_in()
        phone, _ = enrolled(anna)
        answers = [mfa(anna.client, "step-up", code=wrong(phone.code())), mfa(anna.client, "enroll", password=GUESS)]
        assert [outcome(each) for each in answers] == [INVALID_CODE, INVALID_CREDENTIALS]
        assert failures(anna) == [("totp", "wrong"), WRONG_PASSWORD]
        session_id = claims(str(anna.client.token))["sid"]
        for answer in answers:
            record = record_of(records, answer)
            assert (record["actor"], record["resource"]) == (anna.user_id, anna.user_id)
            assert record["data"]["session_id"] == session_id

    def test_a_wrong_first_code_leaves_a_record_too(self, anna: Newcomer) -> None:
        anna.sign_in()
        assert outcome(mfa(anna.client, "confirm", code=wrong(started(anna).code()))) == INVALID_CODE
        assert failures(anna) == [("totp", "wrong")]
