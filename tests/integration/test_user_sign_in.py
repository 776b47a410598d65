"""Sign-in and sessions: what a guess costs, what a token is worth, and how a session ends everywhere at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome

INVALID_CREDENTIALS = (401, "invalid_credentials")
INVALID_TOKEN = (401, "invalid_token")
REVOKED = (401, "session_revoked")
LOCKED = (429, "rate_limited")


@pytest.fixture
def unknown(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without an account."""
    return Newcomer(desk, platform.ports.gateway)


@pytest.fixture(scope="module")
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account, for tests that leave it as it is."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


def without_id(answer: Answer) -> dict[str, object]:
    return {name: value for name, value in answer.body.items() if name != "request_id"}


class TestLogIn:
    def test_a_session_says_what_it_is(self, anna: Newcomer) -> None:
        body = anna.log_in().body
        assert {name: type(value).__name__ for name, value in body.items()} == {
            "object": "str",
            "access_token": "str",
            "token_type": "str",
            "expires_in": "int",
            "refresh_token": "str",
            "refresh_expires_in": "int",
            "session_id": "str",
            "device_token": "str",
        }
        assert (body["object"], body["token_type"], body["expires_in"]) == ("session", "Bearer", 3600)
        assert body["refresh_expires_in"] == 7 * 24 * 3600

    def test_each_sign_in_is_a_session_of_its_own_and_an_event(self, anna: Newcomer) -> None:
        ids = [anna.log_in().body["session_id"] for _ in range(2)]
        events = [data["session_id"] for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.logged_in"]
        assert events[-2:] == ids
        assert ids[0] != ids[1]

    def test_wrong_unknown_and_disabled_look_the_same(self, anna: Newcomer, unknown: Newcomer) -> None:
        wrong = anna.log_in("not the password at all")
        missing = unknown.log_in()
        unknown.settle_in()
        unknown.desk.rows("UPDATE identity.user SET status = 'disabled' WHERE id = :id", id=unknown.user_id)
        disabled = unknown.log_in()
        assert outcome(wrong) == INVALID_CREDENTIALS
        assert without_id(wrong) == without_id(missing) == without_id(disabled)
        assert set(wrong.headers) == set(missing.headers) == set(disabled.headers)

    def test_who_has_not_verified_learns_so_with_the_right_password_only(self, unknown: Newcomer) -> None:
        unknown.register()
        assert outcome(unknown.log_in("not the password at all")) == INVALID_CREDENTIALS
        assert outcome(unknown.log_in()) == (403, "email_not_verified")

    def test_who_registered_first_learns_so_after_a_second_registration_too(self, unknown: Newcomer) -> None:
        unknown.register()
        first, unknown.password = unknown.password, "a stranger's own choice"
        unknown.register()
        assert outcome(unknown.log_in(first)) == outcome(unknown.log_in()) == (403, "email_not_verified")

    def test_registering_tells_nobody_whether_there_is_an_account(self, anna: Newcomer, unknown: Newcomer) -> None:
        taken = Newcomer(anna.desk, anna.client.port, "a stranger's own choice", anna.email)
        answers = []
        for visitor in (taken, unknown):
            visitor.register()
            right, wrong = visitor.log_in(), visitor.log_in("not the password at all")
            answers.append((without_id(right), set(right.headers), without_id(wrong)))
        assert answers[0] == answers[1]
        assert answers[0][0]["code"] == "email_not_verified"
        assert anna.log_in().status == 200

    def test_no_token_is_stored(self, anna: Newcomer) -> None:
        answer = anna.log_in().body
        ((row,),) = anna.desk.rows(
            "SELECT s::text || t::text FROM identity.session s JOIN identity.refresh_token t ON t.session_id = s.id "
            "WHERE s.id = :id",
            id=answer["session_id"],
        )
        assert answer["refresh_token"] not in row
        assert answer["access_token"] not in row


class TestAttempts:
    @pytest.mark.parametrize("exists", [True, False], ids=["an account", "no account"])
    def test_after_five_wrong_passwords_the_right_one_is_refused_too(self, unknown: Newcomer, exists: bool) -> None:
        if exists:
            unknown.settle_in()
        answers = []
        for _ in range(6):
            unknown.client = unknown.elsewhere()
            answers.append(unknown.log_in("not the password at all"))
        assert [outcome(answer) for answer in answers] == [INVALID_CREDENTIALS] * 5 + [LOCKED]
        right = unknown.log_in()
        assert without_id(right) == without_id(answers[-1])
        assert 0 < int(right.headers["retry-after"]) <= 15 * 60

    def test_the_account_opens_again_by_itself(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        for _ in range(5):
            unknown.log_in("not the password at all")
        assert outcome(unknown.log_in()) == LOCKED
        unknown.desk.rows("UPDATE identity.attempt SET window_started_at = window_started_at - interval '15 minutes'")
        assert unknown.log_in().status == 200

    def test_guesses_wait_longer_each_time_up_to_four_hours(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        for minutes in (15, 30, 60, 120, 240, 240):
            assert outcome(unknown.log_in("not the password at all")) == INVALID_CREDENTIALS
            unknown.desk.change_counter("sign-in-account", "taken = 5")
            locked = unknown.log_in()
            assert outcome(locked) == LOCKED
            assert (minutes - 1) * 60 < int(locked.headers["retry-after"]) <= minutes * 60
            past = f"window_started_at = window_started_at - interval '{minutes} minutes'"
            unknown.desk.change_counter("sign-in-account", past)
        assert unknown.log_in().status == 200
        assert outcome(unknown.log_in("not the password at all")) == INVALID_CREDENTIALS
        unknown.desk.change_counter("sign-in-account", "taken = 5")
        assert int(unknown.log_in().headers["retry-after"]) <= 15 * 60, "whoever knows it is forgiven"

    def test_few_guesses_in_each_window_wait_longer_too(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        for minutes in (15, 30):
            assert outcome(unknown.log_in("not the password at all")) == INVALID_CREDENTIALS
            past = f"window_started_at = window_started_at - interval '{minutes} minutes'"
            unknown.desk.change_counter("sign-in-account", past)
        for _ in range(5):
            unknown.log_in("not the password at all")
        assert 30 * 60 < int(unknown.log_in().headers["retry-after"]) <= 60 * 60

    def test_guesses_of_another_day_lengthen_no_wait(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        for _ in range(2):
            assert outcome(unknown.log_in("not the password at all")) == INVALID_CREDENTIALS
            unknown.desk.change_counter("sign-in-account", "taken = 5")
            assert int(unknown.log_in().headers["retry-after"]) <= 15 * 60
            unknown.desk.change_counter("sign-in-account", "window_started_at = window_started_at - interval '1 day'")

    def test_a_registration_of_the_address_shortens_no_wait(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        stranger = Newcomer(unknown.desk, unknown.client.port, "a stranger's own choice", unknown.email)
        stranger.register()
        for minutes, known in ((15, False), (30, True), (30, False)):
            expected = (403, "email_not_verified") if known else INVALID_CREDENTIALS
            assert outcome(stranger.log_in(None if known else "not the password at all")) == expected
            past = f"window_started_at = window_started_at - interval '{minutes} minutes'"
            unknown.desk.change_counter("sign-in-account", past)
        for _ in range(5):
            stranger.log_in("not the password at all")
        assert 30 * 60 < int(stranger.log_in().headers["retry-after"]) <= 60 * 60

    def test_the_right_password_forgives_the_wrong_ones(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        for _ in range(2):
            for _ in range(4):
                assert outcome(unknown.log_in("not the password at all")) == INVALID_CREDENTIALS
            assert unknown.log_in().status == 200

    def test_a_registration_of_the_address_forgives_no_guess(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        stranger = Newcomer(unknown.desk, unknown.client.port, "a stranger's own choice", unknown.email)
        stranger.register()
        for _ in range(4):
            assert outcome(stranger.log_in("not the password at all")) == INVALID_CREDENTIALS
            assert outcome(stranger.log_in()) == (403, "email_not_verified")
        assert outcome(stranger.log_in("not the password at all")) == INVALID_CREDENTIALS
        assert outcome(stranger.log_in()) == LOCKED

    def test_guesses_at_the_same_moment_are_counted_before_they_are_judged(self, unknown: Newcomer) -> None:
        unknown.settle_in()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(unknown.log_in, ["not the password at all"] * 8))
        assert sorted(answer.status for answer in answers) == [401] * 5 + [429] * 3

    def test_a_source_that_tries_many_accounts_has_to_wait(self, unknown: Newcomer, anna: Newcomer) -> None:
        client = unknown.client
        unknown.log_in()
        unknown.desk.rows(
            "UPDATE identity.attempt SET taken = 20 WHERE subject = (SELECT subject FROM identity.attempt "
            "WHERE subject LIKE 'sign-in-source:%' ORDER BY window_started_at DESC LIMIT 1)"
        )
        body = {"email": anna.email, "password": anna.password}
        assert outcome(client.request("POST", "/v1/auth/login", body)) == LOCKED
        assert anna.log_in().status == 200  # from elsewhere; and the locked source counted nothing on the account
