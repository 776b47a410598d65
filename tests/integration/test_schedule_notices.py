"""What is done with schedules leaves a record and is told; and what an API key has scheduled ends with the key."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer, Client
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.documents import written
from tests.integration.merchants import Merchant
from tests.integration.money import get
from tests.integration.patience import until
from tests.integration.scheduling import at, change, made_schedule, schedule, shown_schedule

SCHEDULING = ["schedules:write", "schedules:read"]


def _notices(person: Person, kind: str, count: int = 1) -> list[dict[str, Any]]:
    """The person's notices of events of this type, once there are so many."""

    def of_kind() -> list[dict[str, Any]]:
        found = get(person, "/v1/notifications?limit=100").body["data"]
        return [notice for notice in found if notice["event_type"] == kind]

    return until(of_kind, lambda found: len(found) >= count)


def _network(client: Client) -> str:
    return client.address.rpartition(".")[0] + ".0/24"


def _by_key(merchant: Merchant, key: Answer, target: str) -> str:
    """The id of a schedule that was made with the key."""
    client = merchant.holder(key)
    body = {"source_wallet_id": merchant.person.wallet_id, "target_wallet_id": target, "amount": 100, "currency": "EUR"}
    daily = {"execute_at": at(3600), "recurrence": {"every": "day"}}
    answer = client.request("POST", "/v1/schedules", {**body, **daily}, key=secrets.token_hex(8))
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def _states(merchant: Merchant, schedule_ids: list[str]) -> list[str]:
    return [shown_schedule(merchant.person, each)["status"] for each in schedule_ids]


class TestASchedule:
    def test_that_is_made_is_recorded_and_told_by_mail(self, payer: Person, records: Any) -> None:
        email = f"nobody.{secrets.token_hex(6)}@example.com"
        made = schedule(payer, None, 2500, target_email=email, recurrence={"every": "week", "count": 12})
        assert made.status == 201, made.raw
        schedule_id = made.body["id"]
        (record,) = written(records, {"resource": schedule_id})
        assert record["action"] == "schedule.created"
        assert record["actor"] == get(payer, "/v1/users/me").body["id"]
        assert (record["request_id"], record["network"]) == (made.headers["request-id"], _network(payer.client))
        first = made.body["execute_at"]
        expected = {"amount": 2500, "currency": "EUR", "every": "week", "count": 12, "until": None, "execute_at": first}
        assert {name: record["data"][name] for name in expected} == expected
        assert record["data"]["key_id"] is None
        notices = _notices(payer, "schedule.created", 2)
        assert sorted(notice["channel"] for notice in notices) == ["email", "push"]
        for notice in notices:
            assert notice["subject"] == "New scheduled transfer"
            assert f"25.00 EUR was scheduled: every week from {first} on, 12 times in all" in notice["body"]
            assert f"POST /v1/schedules/{schedule_id}/cancel" in notice["body"]
        assert [where for where in (record, *notices) if email in str(where)] == []

    def test_that_is_changed_is_recorded_and_told_in_the_inbox(
        self, payer: Person, payee: Person, records: Any
    ) -> None:
        schedule_id = made_schedule(payer, payee.wallet_id, recurrence={"every": "day"})
        changes = {"pause": "paused", "resume": "resumed", "cancel": "canceled"}
        answers = {done: change(payer, schedule_id, how) for how, done in changes.items()}
        found = {each["action"]: each for each in written(records, {"resource": schedule_id}, 1 + len(changes))}
        assert set(found) == {"schedule.created", *(f"schedule.{done}" for done in changes.values())}
        for done, answer in answers.items():
            record = found[f"schedule.{done}"]
            assert (record["request_id"], record["network"]) == (answer.headers["request-id"], _network(payer.client))
            (notice,) = _notices(payer, f"schedule.{done}")
            assert notice["channel"] == "inbox"
            assert schedule_id in notice["body"]
        assert found["schedule.resumed"]["data"]["next_at"] == answers["resumed"].body["next_at"]
        assert found["schedule.canceled"]["reason"] == "owner"

    def test_that_is_refused_or_asked_for_twice_leaves_nothing_more(
        self, payer: Person, payee: Person, records: Any
    ) -> None:
        key, when = secrets.token_hex(8), at(3600)
        first, again = (schedule(payer, payee.wallet_id, key=key, execute_at=when) for _ in range(2))
        assert first.body == again.body
        for _ in range(2):
            change(payer, first.body["id"], "cancel")
        found = written(records, {"resource": first.body["id"]}, 2)
        assert sorted(each["action"] for each in found) == ["schedule.canceled", "schedule.created"]


class TestARevokedKey:
    def test_takes_along_what_was_scheduled_with_it(self, merchant: Merchant, payee: Person, records: Any) -> None:
        stolen, other = merchant.key(SCHEDULING), merchant.key(SCHEDULING)
        target = str(payee.wallet_id)
        bad = [_by_key(merchant, stolen, target) for _ in range(2)]
        kept = [_by_key(merchant, other, target), made_schedule(merchant.person, target)]
        (record,) = written(records, {"resource": bad[0], "action": "schedule.created"})
        assert (record["actor"], record["data"]["key_id"]) == (merchant.user_id, stolen.body["id"])
        revoked = merchant.revoke(stolen)
        until(lambda: _states(merchant, bad), ["canceled", "canceled"].__eq__)
        for schedule_id in bad:
            (record,) = written(records, {"resource": schedule_id, "action": "schedule.canceled"})
            assert (record["reason"], record["data"]["key_id"]) == ("key_revoked", stolen.body["id"])
            assert (record["actor"], record["request_id"]) == (merchant.user_id, revoked.headers["request-id"])
            assert record["network"] == _network(merchant.person.client)
        assert _states(merchant, kept) == ["active", "active"]
        told = _notices(merchant.person, "schedule.canceled", len(bad))
        assert all("the API key that made it was revoked" in notice["body"] for notice in told)
        mailed = [notice["body"] for notice in _notices(merchant.person, "user.api_key_revoked")]
        assert any("2 scheduled transfers that were made with it are canceled." in body for body in mailed)

    @pytest.mark.parametrize("how", ["rolled", "revoked"])
    def test_that_is_only_replaced_or_had_expired_leaves_it_and_says_so(
        self, how: str, merchant: Merchant, payee: Person, desk: Desk
    ) -> None:
        key = merchant.key(SCHEDULING, name=secrets.token_hex(4))
        schedule_id = _by_key(merchant, key, str(payee.wallet_id))
        if how == "rolled":
            assert merchant.roll(key).status == 201
        else:
            desk.rows("UPDATE identity.api_key SET expires_at = now() WHERE id = :id", id=key.body["id"])
            assert merchant.revoke(key).status == 204
        said = "One scheduled transfer that was made with it goes on: look at them (GET /v1/schedules)"

        def is_told() -> bool:
            told = _notices(merchant.person, f"user.api_key_{how}")
            return any(key.body["name"] in notice["body"] and said in notice["body"] for notice in told)

        assert until(is_told, bool)
        assert shown_schedule(merchant.person, schedule_id)["status"] == "active"
