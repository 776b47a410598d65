"""Where somebody is signed in: shown to its owner, ended one by one or all at once."""

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome

SESSIONS = "/v1/users/me/sessions"


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway).settle_in()


def _sign_in(who: Newcomer, device: str) -> str:
    """The session's id."""
    answer = who.post("login", email=who.email, password=who.password, device=device)
    assert answer.status == 200, answer.raw
    who.client.token = answer.body["access_token"]
    return str(answer.body["session_id"])


def _end(who: Newcomer, session_id: str) -> Answer:
    return who.client.request("DELETE", f"{SESSIONS}/{session_id}")


class TestSessions:
    def test_are_listed_newest_first_page_by_page(self, anna: Newcomer) -> None:
        first, second = _sign_in(anna, "Phone"), _sign_in(anna, "Laptop")
        listed = anna.client.request("GET", SESSIONS)
        shown = [(each["id"], each["device"], each["is_current"], each["amr"]) for each in listed.body["data"]]
        assert shown == [(second, "Laptop", True, ["pwd"]), (first, "Phone", False, ["pwd"])]
        page = anna.client.request("GET", f"{SESSIONS}?limit=1").body
        rest = anna.client.request("GET", f"{SESSIONS}?limit=1&cursor={page['next_cursor']}").body
        assert [each["id"] for each in (*page["data"], *rest["data"])] == [second, first]
        assert not rest["has_more"]

    def test_end_one_by_one_with_the_next_request(self, anna: Newcomer) -> None:
        phone = _sign_in(anna, "Phone")
        token = anna.client.token
        _sign_in(anna, "Laptop")
        assert (_end(anna, phone).status, outcome(_end(anna, phone))) == (204, (404, "session_not_found"))
        assert anna.me().status == 200
        assert anna.ended_sessions() == [("owner", 1)]
        anna.client.token = token
        assert outcome(anna.me()) == (401, "session_revoked")

    def test_of_somebody_else_are_as_absent(self, anna: Newcomer, platform: Configuration, desk: Desk) -> None:
        ben = Newcomer(desk, platform.ports.gateway).settle_in()
        foreign = _sign_in(anna, "Phone")
        _sign_in(ben, "Phone")
        for session_id in (foreign, "ses_" + "0" * 26, "x"):
            assert outcome(_end(ben, session_id)) == (404, "session_not_found")
        assert anna.me().status == 200

    def test_end_all_at_once(self, anna: Newcomer) -> None:
        _sign_in(anna, "Phone")
        first = anna.client.token
        _sign_in(anna, "Laptop")
        ended = anna.client.request("POST", "/v1/auth/logout-all")
        assert (ended.status, ended.raw) == (204, b"")
        assert anna.ended_sessions() == [("logout", 2)]
        assert outcome(anna.me()) == (401, "session_revoked")
        anna.client.token = first
        assert outcome(anna.me()) == (401, "session_revoked")
