"""Sessions: how one is prolonged, and how it ends everywhere at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome

INVALID_TOKEN = (401, "invalid_token")
REVOKED = (401, "session_revoked")


@pytest.fixture
def unknown(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without an account."""
    return Newcomer(desk, platform.ports.gateway)


@pytest.fixture(scope="module")
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody with an account, for tests that leave it as it is."""
    return Newcomer(desk, platform.ports.gateway).settle_in()


class TestRefresh:
    @pytest.fixture
    def token(self, anna: Newcomer) -> str:
        return anna.sign_in()

    def age(self, anna: Newcomer, token: str, change: str) -> None:
        """Changes the row of a token as time would."""
        anna.desk.rows(
            f"UPDATE identity.refresh_token SET {change} WHERE digest = sha256(convert_to(:token, 'UTF8'))",  # noqa: S608
            token=token,
        )

    def test_gives_new_tokens_of_the_same_session(self, anna: Newcomer, token: str) -> None:
        answer = anna.refresh(token)
        assert answer.status == 200
        assert answer.body["refresh_token"] != token
        anna.client.token = answer.body["access_token"]
        assert anna.me().status == 200

    def test_tabs_that_ask_at_the_same_moment_get_the_same_successor(self, anna: Newcomer, token: str) -> None:
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(anna.refresh, [token] * 6))
        assert {answer.status for answer in answers} == {200}
        (successor,) = {answer.body["refresh_token"] for answer in answers}
        assert anna.refresh(successor).status == 200

    @pytest.mark.parametrize("how", ["the successor was used", "ten seconds are over"])
    def test_a_second_use_ends_the_session_at_once(self, anna: Newcomer, token: str, how: str) -> None:
        successor = anna.refresh(token).body["refresh_token"]
        if how == "the successor was used":
            successor = anna.refresh(successor).body["refresh_token"]
        else:
            self.age(anna, token, "rotated_at = rotated_at - interval '11 seconds'")
        assert anna.me().status == 200
        before = anna.ended_sessions()
        assert outcome(anna.refresh(token)) == INVALID_TOKEN
        assert outcome(anna.refresh(successor)) == INVALID_TOKEN
        assert outcome(anna.me()) == REVOKED
        assert anna.ended_sessions() == [*before, ("reuse", 1)], "its owner is told once"

    def test_an_old_token_is_refused(self, anna: Newcomer, token: str) -> None:
        self.age(anna, token, "expires_at = clock_timestamp()")
        assert outcome(anna.refresh(token)) == INVALID_TOKEN

    def test_the_family_has_an_end(self, anna: Newcomer, token: str) -> None:
        anna.desk.rows(
            "UPDATE identity.session SET ends_at = clock_timestamp() + interval '100 seconds' "
            "WHERE user_id = :id AND ended_at IS NULL",
            id=anna.user_id,
        )
        answer = anna.refresh(token)
        assert answer.body["expires_in"] <= 100
        assert answer.body["refresh_expires_in"] <= 100
        anna.desk.rows("UPDATE identity.session SET ends_at = clock_timestamp() WHERE user_id = :id", id=anna.user_id)
        assert outcome(anna.refresh(answer.body["refresh_token"])) == INVALID_TOKEN

    @pytest.mark.parametrize("token", ["x", "A" * 43, "' OR 1=1 --", "\u00e9" * 20])
    def test_an_unknown_token_is_refused(self, unknown: Newcomer, token: str) -> None:
        answer = unknown.refresh(token)
        assert outcome(answer) == INVALID_TOKEN
        assert token not in answer.raw.decode() or token == "x"

    def test_an_access_token_is_no_refresh_token(self, anna: Newcomer) -> None:
        anna.sign_in()
        assert anna.client.token
        assert anna.refresh(anna.client.token).status in (401, 422)

    def test_a_refresh_token_is_no_access_token(self, anna: Newcomer, token: str) -> None:
        anna.client.token = token
        assert outcome(anna.me()) == INVALID_TOKEN


class TestLogOut:
    def test_ends_the_session_with_the_next_request(self, anna: Newcomer) -> None:
        token = anna.sign_in()
        assert anna.me().status == 200  # the gateway has the authorizer's answer by now
        answer = anna.post("logout", refresh_token=token)
        assert (answer.status, answer.raw) == (204, b"")
        assert outcome(anna.me()) == REVOKED
        assert outcome(anna.refresh(token)) == INVALID_TOKEN

    def test_leaves_other_sessions_alone(self, anna: Newcomer) -> None:
        first = anna.sign_in()
        second = anna.sign_in()
        anna.post("logout", refresh_token=first)
        assert anna.me().status == 200
        assert anna.refresh(second).status == 200

    def test_works_with_a_token_that_was_exchanged_and_twice(self, anna: Newcomer) -> None:
        token = anna.sign_in()
        successor = anna.refresh(token).body["refresh_token"]
        before = anna.ended_sessions()
        assert {anna.post("logout", refresh_token=each).status for each in (token, token, successor)} == {204}
        assert anna.ended_sessions() == [*before, ("logout", 1)]
        assert outcome(anna.refresh(successor)) == INVALID_TOKEN

    def test_tells_nobody_whether_a_token_is_known(self, unknown: Newcomer) -> None:
        assert unknown.post("logout", refresh_token="unknown").status == 204
