"""The inbox through the public door: everybody's own notices, newest first, read once."""

import secrets
from typing import Any

from local.http_client import Answer
from local.story import Person
from tests.integration.local_platform.caller import wait_until

POLL_PAUSE_S = 0.3  # the limit counts these requests, too
ABSENT = "ntf_" + "0" * 26


def _notices(person: Person, query: str = "limit=100") -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = person.client.request("GET", f"/v1/notifications?{query}").body["data"]
    return data


def _read(person: Person, notice_id: str) -> Answer:
    return person.client.request("POST", f"/v1/notifications/{notice_id}/read")


def _funded(admin: Person, person: Person) -> list[dict[str, Any]]:
    """The person's notices of an admin's gift, one for each channel, once the consumer has them."""
    body = {"amount": 1250, "currency": "EUR", "reason": "A gift of the house"}
    path = f"/v1/wallets/{person.wallet_id}/funds/add"
    assert admin.client.request("POST", path, body, key=secrets.token_hex(8)).status == 201

    def notices() -> list[dict[str, Any]]:
        return [notice for notice in _notices(person) if notice["event_type"] == "wallet.funds_added"]

    def are_sent() -> bool:
        return {(notice["channel"], notice["status"]) for notice in notices()} == {("email", "sent"), ("push", "sent")}

    wait_until(are_sent, POLL_PAUSE_S)
    return notices()


class TestList:
    def test_shows_what_happened_on_every_channel(self, payer: Person, admin: Person) -> None:
        notices = _funded(admin, payer)
        assert len({notice["event_id"] for notice in notices}) == 1
        for notice in notices:
            assert (notice["object"], notice["read_at"]) == ("notification", None)
            assert notice["subject"] == "12.50 EUR added"
            assert notice["body"].endswith("A gift of the house")
            assert notice["sent_at"] is not None

    def test_is_everybody_s_own(self, payer: Person, payee: Person, admin: Person) -> None:
        mine = {notice["id"] for notice in _funded(admin, payer)}
        assert not mine & {notice["id"] for notice in _notices(payee)}
        assert not mine & {notice["id"] for notice in _notices(admin)}

    def test_comes_in_pages_newest_first(self, payer: Person, payee: Person, admin: Person) -> None:
        _funded(admin, payer)
        page = payer.client.request("GET", "/v1/notifications?limit=2").body
        rest = _notices(payer, f"limit=100&cursor={page['next_cursor']}")
        paged = [notice["id"] for notice in page["data"] + rest]
        assert paged == sorted(paged, reverse=True)
        # a notice of somebody's sign-in may have come meanwhile
        everything = [notice["id"] for notice in _notices(payer)]
        assert set(paged) <= set(everything)
        assert len(page["data"]) == 2
        assert len(paged) >= 4, "two gifts on two channels each"
        foreign = payee.client.request("GET", f"/v1/notifications?cursor={page['next_cursor']}")
        assert (foreign.status, foreign.body["code"], foreign.body["param"]) == (400, "invalid_parameter", "cursor")


class TestRead:
    def test_marks_one_and_keeps_the_first_time(self, payer: Person, admin: Person) -> None:
        one, *others = _funded(admin, payer)
        first, again = _read(payer, one["id"]), _read(payer, one["id"])
        assert first.status == again.status == 200
        assert first.body["read_at"] is not None
        assert first.body == again.body == {**one, "read_at": first.body["read_at"]}
        unread = {notice["id"] for notice in _notices(payer) if notice["read_at"] is None}
        assert one["id"] not in unread
        assert {notice["id"] for notice in others} <= unread

    def test_finds_no_foreign_one(self, payer: Person, payee: Person, admin: Person) -> None:
        one = _funded(admin, payer)[0]
        answers = [_read(payee, notice_id) for notice_id in (one["id"], ABSENT, "ntf_x")]
        assert {(answer.status, answer.body["code"]) for answer in answers} == {(404, "notification_not_found")}
        (unchanged,) = [notice for notice in _notices(payer) if notice["id"] == one["id"]]
        assert unchanged["read_at"] is None
