"""How admins find accounts: by what they are or by an exact address, and who looked behind one is on record."""

from urllib.parse import quote

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard
from tests.integration.newcomer import Newcomer, outcome

PERSONAL = {"email", "full_name", "phone"}


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    return Newcomer(desk, platform.ports.gateway).settle_in()


def _list(admin: Person, query: str = "") -> Answer:
    return admin.client.request("GET", f"/v1/users{query}")


class TestList:
    def test_shows_the_newest_first_and_nobody_s_name(self, admin: Person, anna: Newcomer) -> None:
        first, *others = _list(admin, "?limit=3").body["data"]
        assert first["id"] == anna.user_id
        assert [each["id"] for each in others] == sorted((each["id"] for each in others), reverse=True)
        assert not PERSONAL & first.keys()

    def test_goes_on_where_it_ended(self, admin: Person, platform: Configuration, desk: Desk) -> None:
        wanted = [Newcomer(desk, platform.ports.gateway).settle_in().user_id for _ in range(3)][::-1]
        page = _list(admin, "?limit=2&role=user").body
        assert page["has_more"]
        rest = _list(admin, f"?limit=1&role=user&cursor={page['next_cursor']}").body
        assert [each["id"] for each in page["data"] + rest["data"]] == wanted
        other = _list(admin, f"?limit=2&status=active&cursor={page['next_cursor']}")
        assert outcome(other) == (400, "invalid_parameter")

    def test_finds_who_has_an_address_however_it_is_written(self, admin: Person, anna: Newcomer) -> None:
        for written in (anna.email, anna.email.upper()):
            (found,) = _list(admin, f"?email={quote(written)}").body["data"]
            assert found["id"] == anna.user_id
        assert _list(admin, f"?email=x{quote(anna.email)}").body["data"] == []

    def test_finds_by_what_an_account_is(self, admin: Person, guard: Guard, anna: Newcomer) -> None:
        path, email = f"/v1/users/{anna.user_id}", quote(anna.email)
        assert guard.request("PATCH", path, {"status": "disabled", "reason": "a test"}).status == 200
        assert [each["id"] for each in _list(admin, f"?email={email}&status=disabled").body["data"]] == [anna.user_id]
        for none in ("status=active", "role=admin"):
            assert _list(admin, f"?email={email}&{none}").body["data"] == []

    @pytest.mark.parametrize(
        "query",
        ["?email=anna", "?email=", "?role=owner", "?status=gone", "?limit=0", "?limit=101", "?name=Ada", "?cursor=x"],
    )
    def test_of_a_wrong_filter_is_refused(self, admin: Person, query: str) -> None:
        assert outcome(_list(admin, query)) == (400, "invalid_parameter")

    def test_is_for_admins(self, anna: Newcomer) -> None:
        anna.sign_in()
        assert outcome(anna.client.request("GET", "/v1/users")) == (403, "forbidden")


class TestView:
    def test_is_on_record_each_time_also_from_the_cache(self, admin: Person, anna: Newcomer) -> None:
        path = f"/v1/users/{anna.user_id}"
        for _ in range(2):
            assert admin.client.request("GET", path).body["email"] == anna.email
        admin_id = admin.client.request("GET", "/v1/users/me").body["id"]
        viewed = [data["actor_id"] for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.viewed"]
        assert viewed == [admin_id, admin_id]

    def test_is_on_record_where_a_change_changes_nothing(self, guard: Guard, anna: Newcomer) -> None:
        for change in ({}, {"roles": ["user"]}):
            answer = guard.request("PATCH", f"/v1/users/{anna.user_id}", {**change, "reason": "a look"})
            assert answer.body["email"] == anna.email
        admin_id = guard.person.client.request("GET", "/v1/users/me").body["id"]
        acts = [(kind, data["actor_id"]) for kind, data in anna.desk.events_of(anna.user_id) if data.get("actor_id")]
        assert acts == [("user.viewed", admin_id)] * 2
