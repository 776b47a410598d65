"""Forgotten and changed passwords, through the public door."""

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome

NEW = "a stormy sea by night"
WRONG = "wrong-codes"  # of the right form
INVALID_CODE = (422, "invalid_code")
INVALID_CREDENTIALS = (401, "invalid_credentials")


@pytest.fixture
def stranger(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without an account."""
    return Newcomer(desk, platform.ports.gateway)


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


def _forget(who: Newcomer) -> Answer:
    return who.post("password/forgot", email=who.email)


def _reset(who: Newcomer, code: str, password: str = NEW) -> Answer:
    return who.post("password/reset", email=who.email, code=code, new_password=password)


def _change(who: Newcomer, current: str, new: str = NEW) -> Answer:
    return who.post("password/change", current_password=current, new_password=new)


def _code(who: Newcomer) -> str:
    return who.desk.reset_codes_of(who.user_id)[-1]


class TestForgotten:
    def test_the_code_sets_a_new_one_and_all_sessions_end(self, anna: Newcomer) -> None:
        token = anna.sign_in()
        assert anna.me().status == 200
        asked = _forget(anna)
        assert (asked.status, asked.body) == (202, {"object": "password_reset", "status": "code_sent"})
        done = _reset(anna, _code(anna))
        assert (done.status, done.body["status"]) == (200, "password_changed")
        assert outcome(anna.me()) == (401, "session_revoked")
        assert outcome(anna.refresh(token)) == (401, "invalid_token")
        assert outcome(anna.log_in()) == INVALID_CREDENTIALS
        assert anna.log_in(NEW).status == 200
        updated = [data for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.updated"]
        assert [(data["fields"], data["reason"]) for data in updated] == [(["password"], "forgotten")]

    def test_nobody_learns_who_has_an_account(self, anna: Newcomer, stranger: Newcomer) -> None:
        known, unknown = _forget(anna), _forget(stranger)
        assert (known.status, known.raw) == (unknown.status, unknown.raw)
        refused = [_reset(anna, WRONG), _reset(stranger, WRONG)]
        assert [outcome(each) for each in refused] == [INVALID_CODE] * 2
        told = [{name: fact for name, fact in each.body.items() if name != "request_id"} for each in refused]
        assert told[0] == told[1]

    def test_a_code_works_once_and_makes_the_others_void(self, anna: Newcomer) -> None:
        _forget(anna)
        _forget(anna)
        first, second = anna.desk.reset_codes_of(anna.user_id)
        assert _reset(anna, second).status == 200
        assert outcome(_reset(anna, second)) == INVALID_CODE
        assert outcome(_reset(anna, first)) == INVALID_CODE

    def test_a_stranger_who_asks_again_spoils_nothing(self, anna: Newcomer) -> None:
        _forget(anna)
        code = _code(anna)
        elsewhere = anna.elsewhere()
        elsewhere.request("POST", "/v1/auth/password/forgot", {"email": anna.email})
        guess = {"email": anna.email, "code": WRONG, "new_password": NEW}
        for _ in range(6):
            assert outcome(elsewhere.request("POST", "/v1/auth/password/reset", guess)) == INVALID_CODE
        assert _reset(anna, code).status == 200

    def test_after_five_wrong_codes_the_right_one_is_refused_too(self, anna: Newcomer) -> None:
        _forget(anna)
        code = _code(anna)
        for _ in range(5):
            assert outcome(_reset(anna, WRONG)) == INVALID_CODE
        assert outcome(_reset(anna, code)) == INVALID_CODE

    def test_tries_from_many_places_spoil_no_code(self, anna: Newcomer) -> None:
        _forget(anna)
        code = _code(anna)
        guess = {"email": anna.email, "code": WRONG, "new_password": NEW}
        for stranger in (anna.elsewhere(), anna.elsewhere(), anna.elsewhere()):
            for _ in range(5):
                assert outcome(stranger.request("POST", "/v1/auth/password/reset", guess)) == INVALID_CODE
        assert _reset(anna, code).status == 200

    @pytest.mark.parametrize("code", ["123456", "a", "-" * 40])
    def test_a_code_of_another_form_is_a_wrong_one(self, anna: Newcomer, code: str) -> None:
        _forget(anna)
        assert outcome(_reset(anna, code)) == INVALID_CODE

    def test_an_old_code_is_refused(self, anna: Newcomer) -> None:
        _forget(anna)
        anna.desk.rows("UPDATE identity.one_time_code SET expires_at = now() WHERE user_id = :id", id=anna.user_id)
        assert outcome(_reset(anna, _code(anna))) == INVALID_CODE

    def test_a_disabled_account_gets_no_code(self, anna: Newcomer) -> None:
        anna.desk.rows("UPDATE identity.user SET status = 'disabled' WHERE id = :id", id=anna.user_id)
        assert _forget(anna).status == 202
        assert anna.desk.reset_codes_of(anna.user_id) == []

    def test_a_mailbox_is_not_flooded(self, anna: Newcomer) -> None:
        for _ in range(7):
            assert _forget(anna).status == 202
        assert len(anna.desk.reset_codes_of(anna.user_id)) == 5

    def test_is_not_switched_off_by_registrations_of_the_address(self, anna: Newcomer) -> None:
        body = {"email": anna.email, "password": "a stranger's own choice", "full_name": "A Stranger"}
        for stranger in (anna.elsewhere(), anna.elsewhere()):
            for _ in range(5):
                assert stranger.request("POST", "/v1/auth/register", body).status == 202
        assert _forget(anna).status == 202
        assert _reset(anna, _code(anna)).status == 200

    def test_opens_an_account_that_guesses_have_locked(self, anna: Newcomer) -> None:
        for _ in range(5):
            anna.log_in("not the right one")
        assert outcome(anna.log_in()) == (429, "rate_limited")
        anna.client = anna.elsewhere()
        _forget(anna)
        assert _reset(anna, _code(anna)).status == 200
        assert anna.log_in(NEW).status == 200

    def test_forgives_guesses_within_a_session_too(self, anna: Newcomer) -> None:
        anna.sign_in()
        for _ in range(5):
            _change(anna, "not the right one")
        _forget(anna)
        assert _reset(anna, _code(anna)).status == 200
        anna.password = NEW
        anna.sign_in()
        assert _change(anna, NEW, "a quiet lake at dawn").status == 200

    @pytest.mark.parametrize("password", ["short", "password12345", "x" * 129])
    def test_takes_no_bad_password(self, stranger: Newcomer, password: str) -> None:
        assert outcome(_reset(stranger, "123456", password)) == (422, "invalid_request")


class TestChanged:
    def test_begins_a_new_session_and_ends_the_older_ones(self, anna: Newcomer) -> None:
        old = anna.sign_in()
        anna.sign_in()
        changed = _change(anna, anna.password)
        assert (changed.status, changed.body["object"]) == (200, "session")
        assert outcome(anna.me()) == (401, "session_revoked")
        assert outcome(anna.refresh(old)) == (401, "invalid_token")
        anna.client.token = changed.body["access_token"]
        assert anna.me().status == 200
        assert anna.refresh(changed.body["refresh_token"]).status == 200
        assert outcome(anna.log_in()) == INVALID_CREDENTIALS

    def test_needs_the_present_password_and_counts_guesses(self, anna: Newcomer) -> None:
        anna.sign_in()
        for _ in range(5):
            assert outcome(_change(anna, "not the right one")) == INVALID_CREDENTIALS
        assert outcome(_change(anna, anna.password)) == (429, "rate_limited")
        assert anna.me().status == 200

    def test_opens_an_account_that_guesses_have_locked(self, anna: Newcomer) -> None:
        entered = anna.post("login", email=anna.email, password=anna.password).body
        known = {"device_token": entered["device_token"]}
        for more in ({}, known):
            tried = [anna.post("login", email=anna.email, password="a wrong one", **more) for _ in range(6)]
            assert outcome(tried[-1]) == (429, "rate_limited")
        anna.client.token = entered["access_token"]
        assert _change(anna, anna.password).status == 200
        assert anna.log_in(NEW).status == 200
        assert anna.post("login", email=anna.email, password=NEW, **known).status == 200

    def test_may_not_be_made_of_the_address(self, anna: Newcomer) -> None:
        anna.sign_in()
        refused = _change(anna, anna.password, f"my {anna.email} 1")
        assert outcome(refused) == (422, "invalid_request")
        assert [(each["param"], each["code"]) for each in refused.body["errors"]] == [
            ("/new_password", "password_too_personal")
        ]

    def test_is_for_who_is_signed_in(self, stranger: Newcomer) -> None:
        assert outcome(_change(stranger, stranger.password)) == (401, "missing_token")
