"""The profile: what its owner sees and may change, and that the cache shows nothing to anybody."""

import json
from typing import Any, cast

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome


@pytest.fixture
def anna(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody who is signed in."""
    made = Newcomer(desk, platform.ports.gateway).settle_in()
    made.sign_in()
    return made


class TestProfile:
    def test_shows_the_whole_account(self, anna: Newcomer) -> None:
        body = anna.me().body
        assert {name: body[name] for name in body if not name.endswith("_at")} == {
            "object": "user",
            "id": anna.user_id,
            "email": anna.email,
            "full_name": "New Comer",
            "phone": None,
            "phone_verified": False,
            "locale": "en",
            "roles": ["user"],
            "status": "active",
            "email_verified": True,
            "mfa_enabled": False,
            "kyc_status": "none",
            "version": 1,
        }

    def test_changes_only_what_is_named(self, anna: Newcomer) -> None:
        before = anna.me().body
        first = anna.client.request("PATCH", "/v1/users/me", {"phone": "+4915112345678", "locale": "de-AT"})
        assert (first.body["phone"], first.body["locale"], first.body["version"]) == ("+4915112345678", "de-AT", 2)
        second = anna.client.request("PATCH", "/v1/users/me", {"phone": None})
        assert (second.body["phone"], second.body["version"]) == (None, 3)
        assert second.body["full_name"] == before["full_name"]
        assert second.body["updated_at"] > before["updated_at"]
        assert anna.me().body == second.body
        events = [data for kind, data in anna.desk.events_of(anna.user_id) if kind == "user.updated"]
        assert [event["fields"] for event in events] == [["locale", "phone"], ["phone"]]
        assert "+49" not in json.dumps(events)

    @pytest.mark.parametrize("body", [{}, {"full_name": "New Comer"}, {"phone": None, "locale": "en"}])
    def test_the_same_again_is_no_change(self, anna: Newcomer, body: dict[str, object]) -> None:
        answer = anna.client.request("PATCH", "/v1/users/me", body)
        assert (answer.status, answer.body["version"]) == (200, 1)
        assert "user.updated" not in [kind for kind, _ in anna.desk.events_of(anna.user_id)]

    @pytest.mark.parametrize(
        "field",
        ["roles", "status", "email", "version", "id", "password", "email_verified", "phone_verified", "created_at"],
    )
    def test_what_is_ours_cannot_be_set(self, anna: Newcomer, field: str) -> None:
        answer = anna.client.request("PATCH", "/v1/users/me", {field: "surprise"})
        assert outcome(answer) == (422, "invalid_request")
        assert b"surprise" not in answer.raw

    def test_the_cache_holds_nothing_readable(self, anna: Newcomer) -> None:
        anna.me()
        entry = anna.desk.redis.hgetall(f"user:{anna.user_id}")
        text = repr(entry)
        assert entry
        assert not any(secret in text for secret in (anna.email, "newcomer", "New Comer", "full_name"))

    def test_is_answered_from_the_cache_until_a_newer_version_is_there(self, anna: Newcomer) -> None:
        anna.me()
        anna.desk.rows("UPDATE identity.user SET locale = 'fr' WHERE id = :id", id=anna.user_id)
        assert anna.me().body["locale"] == "en"
        anna.client.request("PATCH", "/v1/users/me", {"full_name": "Anna"})
        assert anna.me().body["locale"] == "fr"

    def test_is_in_the_cache_as_soon_as_its_owner_has_changed_it(self, anna: Newcomer) -> None:
        changed = anna.client.request("PATCH", "/v1/users/me", {"full_name": "Anna Newname"}).body
        anna.desk.rows("UPDATE identity.user SET locale = 'fr' WHERE id = :id", id=anna.user_id)  # nobody is told
        assert anna.me().body == changed
        life_s = anna.desk.redis.ttl(f"user:{anna.user_id}")
        assert 29 * 60 < life_s <= 30 * 60

    def test_a_moved_cache_entry_is_not_believed(self, anna: Newcomer, platform: Configuration) -> None:
        anna.me()
        other = Newcomer(anna.desk, platform.ports.gateway).settle_in()
        other.sign_in()
        entry = cast(Any, anna.desk.redis.hgetall(f"user:{anna.user_id}"))
        anna.desk.redis.hset(f"user:{other.user_id}", mapping=entry)
        assert other.me().body["id"] == other.user_id
