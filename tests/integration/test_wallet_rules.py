"""Rules that watch a balance: one event for each crossing, none for a balance that only trembles or stays beyond."""

import secrets
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.patience import until

ABSENT = "rule_" + "0" * 26


@pytest.fixture(scope="module")
def desk(platform: Configuration) -> Iterator[Desk]:
    with closing(Desk(platform)) as own:
        yield own


def _rules(person: Person, wallet_id: str, method: str = "GET", body: Any = None, rest: str = "") -> Answer:
    return person.client.request(method, f"/v1/wallets/{wallet_id}/balance-rules{rest}", body)


def _add(person: Person, op: str, value: int, kind: str = "posted") -> dict[str, Any]:
    answer = _rules(person, person.wallet_id, "POST", {"kind": kind, "op": op, "value": value})
    assert answer.status == 201, answer.raw
    rule: dict[str, Any] = answer.body
    return rule


def _funds(admin: Person, person: Person, way: str, amount: int) -> None:
    body = {"amount": amount, "currency": "EUR", "reason": "test"}
    path = f"/v1/wallets/{person.wallet_id}/funds/{way}"
    assert admin.client.request("POST", path, body, key=secrets.token_hex(8)).status == 201


def _until_crossed(person: Person, expected: list[bool]) -> None:
    """Waits until the rules, oldest first, have noticed."""
    until(
        lambda: _rules(person, person.wallet_id),
        lambda answer: [rule["crossed"] for rule in reversed(answer.body["data"])] == expected,
    )


def _crossings(desk: Desk, wallet_id: str) -> list[tuple[str, int, int]]:
    """Operator, value and balance of each announced crossing, in order."""
    rows = desk.rows(
        "SELECT data FROM outbox.event WHERE type = 'wallet.balance_threshold_crossed' AND partition_key = :id "
        "ORDER BY id",
        id=wallet_id,
    )
    return [(data["op"], data["value"], data["balance"]) for (data,) in rows]


class TestCrossing:
    def test_is_announced_once_each_time(self, payer: Person, admin: Person, desk: Desk) -> None:
        _funds(admin, payer, "add", 1000)
        _add(payer, "below", 500)
        _add(payer, "above", 2000)
        _funds(admin, payer, "deduct", 600)
        _until_crossed(payer, [True, False])
        _funds(admin, payer, "deduct", 100)
        _funds(admin, payer, "add", 1800)
        _until_crossed(payer, [False, True])
        _funds(admin, payer, "deduct", 1800)
        _until_crossed(payer, [True, False])
        assert _crossings(desk, payer.wallet_id) == [("below", 500, 400), ("above", 2000, 2100), ("below", 500, 300)]
        inbox = until(
            lambda: payer.client.request("GET", "/v1/notifications?limit=100"),
            lambda answer: any(each["subject"] == "Balance above 20.00 EUR" for each in answer.body["data"]),
        )
        bodies = {each["body"] for each in inbox.body["data"] if each["subject"] == "Balance above 20.00 EUR"}
        assert bodies == {f"The posted balance of your wallet {payer.wallet_id} is 21.00 EUR: above 20.00 EUR."}

    def test_counts_again_only_after_the_balance_came_back_by_a_margin(
        self, payer: Person, admin: Person, desk: Desk
    ) -> None:
        _funds(admin, payer, "add", 10_000)
        _add(payer, "below", 10_000)
        _funds(admin, payer, "deduct", 1)
        _until_crossed(payer, [True])
        _funds(admin, payer, "add", 99)  # 10,098: less than 1 % above the value
        _funds(admin, payer, "deduct", 99)
        _funds(admin, payer, "add", 101)  # 10,100
        _until_crossed(payer, [False])
        assert _crossings(desk, payer.wallet_id) == [("below", 10_000, 9_999)]

    def test_by_a_hold_concerns_the_available_balance(
        self, payer: Person, payee: Person, admin: Person, desk: Desk
    ) -> None:
        _funds(admin, payer, "add", 1000)
        _add(payer, "below", 500, "available")
        _add(payer, "below", 500, "posted")
        body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": payee.wallet_id, "amount": 700}
        held = payer.client.request("POST", "/v1/transactions/hold", {**body, "currency": "EUR"}, key="hold")
        assert held.status == 201
        _until_crossed(payer, [True, False])
        assert _crossings(desk, payer.wallet_id) == [("below", 500, 300)]


class TestRules:
    def test_that_stand_beyond_their_value_from_the_start_announce_nothing(self, payer: Person, desk: Desk) -> None:
        assert _add(payer, "below", 500)["crossed"] is True
        assert _add(payer, "above", 500)["crossed"] is False
        assert _crossings(desk, payer.wallet_id) == []

    def test_that_say_the_same_are_one(self, payer: Person) -> None:
        assert _add(payer, "below", 500)["id"] == _add(payer, "below", 500)["id"]

    def test_are_listed_newest_first_and_deleted(self, payer: Person) -> None:
        first, second = _add(payer, "below", 1), _add(payer, "below", 2)
        assert [rule["id"] for rule in _rules(payer, payer.wallet_id).body["data"]] == [second["id"], first["id"]]
        assert _rules(payer, payer.wallet_id, "DELETE", rest=f"/{first['id']}").status == 204
        assert [rule["id"] for rule in _rules(payer, payer.wallet_id).body["data"]] == [second["id"]]
        for gone in (first["id"], ABSENT, "rule_1"):
            answer = _rules(payer, payer.wallet_id, "DELETE", rest=f"/{gone}")
            assert (answer.status, answer.body["code"]) == (404, "balance_rule_not_found")

    def test_are_twenty_at_most(self, payer: Person) -> None:
        for value in range(20):
            _add(payer, "below", value)
        answer = _rules(payer, payer.wallet_id, "POST", {"kind": "posted", "op": "below", "value": 20})
        assert (answer.status, answer.body["code"]) == (409, "too_many_balance_rules")

    def test_are_their_owner_s_alone(self, payer: Person, payee: Person) -> None:
        rule = _add(payer, "below", 1)
        body = {"kind": "posted", "op": "below", "value": 5}
        for answer in (
            _rules(payee, payer.wallet_id),
            _rules(payee, payer.wallet_id, "POST", body),
            _rules(payee, payer.wallet_id, "DELETE", rest=f"/{rule['id']}"),
        ):
            assert (answer.status, answer.body["code"]) == (404, "wallet_not_found")
        crossed = _rules(payee, payee.wallet_id, "DELETE", rest=f"/{rule['id']}")
        assert (crossed.status, crossed.body["code"]) == (404, "balance_rule_not_found")
