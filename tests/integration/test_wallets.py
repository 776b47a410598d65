"""Wallets through the public door: one unnamed per currency, an admin's hand with a reason, closed only when empty."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person

ABSENT = "wal_" + "0" * 26


def _open(person: Person, currency: str = "EUR", **changes: Any) -> Answer:
    return person.client.request("POST", "/v1/wallets", {"currency": currency, **changes})


def _funds(admin: Person, wallet_id: str, way: str, amount: int, key: str | None = None, **changes: Any) -> Answer:
    body = {"amount": amount, "currency": "EUR", "reason": "test", **changes}
    return admin.client.request("POST", f"/v1/wallets/{wallet_id}/funds/{way}", body, key=key or secrets.token_hex(8))


def _close(person: Person, wallet_id: str) -> Answer:
    return person.client.request("POST", f"/v1/wallets/{wallet_id}/deactivate", {})


def _get(person: Person, path: str) -> Answer:
    return person.client.request("GET", path)


def _posted(person: Person, wallet_id: str) -> int:
    return int(_get(person, f"/v1/wallets/{wallet_id}/balance").body["posted"])


def _refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


class TestOpen:
    def test_refuses_a_second_unnamed_one_in_the_currency(self, payer: Person) -> None:
        assert _refusal(_open(payer)) == (409, "wallet_exists")
        assert _open(payer, "USD").status == 201

    def test_opens_a_named_one_beside_it_and_none_of_the_same_name(self, payer: Person) -> None:
        savings = _open(payer, name="Savings")
        assert (savings.status, savings.body["name"], savings.body["state"]) == (201, "Savings", "active")
        assert _refusal(_open(payer, name="Savings")) == (409, "wallet_exists")
        wallets = _get(payer, "/v1/wallets").body["data"]
        assert [wallet["id"] for wallet in wallets] == [savings.body["id"], payer.wallet_id]

    def test_leaves_nothing_of_a_refused_one(self, payer: Person) -> None:
        _open(payer)
        assert len(_get(payer, "/v1/wallets").body["data"]) == 1

    def test_the_same_key_opens_one(self, payer: Person) -> None:
        def open_once() -> Answer:
            return payer.client.request("POST", "/v1/wallets", {"currency": "USD"}, key="usd")

        first, again = open_once(), open_once()
        assert first.status == again.status == 201
        assert first.raw == again.raw
        assert again.headers["idempotency-replayed"] == "true"

    @pytest.mark.parametrize("body", [{}, {"currency": "eur"}, {"currency": "XXX"}, {"currency": "EUR", "name": ""}])
    def test_refuses_a_malformed_one(self, payer: Person, body: dict[str, Any]) -> None:
        assert _refusal(payer.client.request("POST", "/v1/wallets", body)) == (422, "invalid_request")


class TestFunds:
    def test_come_and_go_by_an_admin(self, payer: Person, admin: Person) -> None:
        added = _funds(admin, payer.wallet_id, "add", 500)
        assert (added.status, added.body["kind"], added.body["amount"]) == (201, "funds_added", 500)
        deducted = _funds(admin, payer.wallet_id, "deduct", 200)
        assert (deducted.status, deducted.body["kind"]) == (201, "funds_deducted")
        assert _posted(payer, payer.wallet_id) == 300
        entries = _get(payer, f"/v1/wallets/{payer.wallet_id}/entries").body["data"]
        assert [(entry["amount"], entry["balance_after"]) for entry in entries] == [(-200, 300), (500, 500)]

    @pytest.mark.parametrize("way", ["add", "deduct"])
    def test_are_no_business_of_their_owner(self, payer: Person, admin: Person, way: str) -> None:
        _funds(admin, payer.wallet_id, "add", 100)
        assert _refusal(_funds(payer, payer.wallet_id, way, 1)) == (403, "forbidden")
        assert _posted(payer, payer.wallet_id) == 100

    def test_cannot_be_deducted_below_nothing(self, payer: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 100)
        refused = _funds(admin, payer.wallet_id, "deduct", 101)
        assert _refusal(refused) == (422, "insufficient_funds")
        assert (refused.body["wallet_id"], refused.body["short_by"]) == (payer.wallet_id, 1)
        assert _posted(payer, payer.wallet_id) == 100

    def test_with_one_key_come_once(self, payer: Person, admin: Person) -> None:
        key = secrets.token_hex(8)
        first, again = (_funds(admin, payer.wallet_id, "add", 100, key) for _ in range(2))
        assert first.raw == again.raw
        assert _posted(payer, payer.wallet_id) == 100

    @pytest.mark.parametrize("way", ["add", "deduct"])
    def test_need_a_reason_and_a_key(self, payer: Person, admin: Person, way: str) -> None:
        assert _refusal(_funds(admin, payer.wallet_id, way, 1, reason=None)) == (422, "invalid_request")
        body = {"amount": 1, "currency": "EUR", "reason": "test"}
        path = f"/v1/wallets/{payer.wallet_id}/funds/{way}"
        assert _refusal(admin.client.request("POST", path, body)) == (400, "idempotency_key_required")

    def test_are_of_the_wallet_s_currency(self, payer: Person, admin: Person) -> None:
        assert _refusal(_funds(admin, payer.wallet_id, "add", 1, currency="USD")) == (422, "currency_mismatch")

    def test_find_no_absent_wallet(self, admin: Person) -> None:
        assert _refusal(_funds(admin, ABSENT, "add", 1)) == (404, "wallet_not_found")


class TestDeactivate:
    def test_refuses_while_money_is_left(self, payer: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 1)
        assert _refusal(_close(payer, payer.wallet_id)) == (409, "wallet_not_empty")
        _funds(admin, payer.wallet_id, "deduct", 1)
        closed = _close(payer, payer.wallet_id)
        assert (closed.status, closed.body["state"]) == (200, "closed")
        assert _get(payer, f"/v1/wallets/{payer.wallet_id}").body["state"] == "closed"

    def test_happens_once(self, payer: Person) -> None:
        assert _close(payer, payer.wallet_id).status == 200
        again = _close(payer, payer.wallet_id)
        assert (_refusal(again), again.body["wallet_id"]) == ((409, "wallet_closed"), payer.wallet_id)

    def test_ends_transfers_and_funds_in_both_directions(self, payer: Person, payee: Person, admin: Person) -> None:
        _funds(admin, payer.wallet_id, "add", 100)
        assert _close(payee, payee.wallet_id).status == 200
        refused = _transfer(payer, payer.wallet_id, payee.wallet_id)
        assert (_refusal(refused), refused.body["wallet_id"]) == ((409, "wallet_closed"), payee.wallet_id)
        assert _refusal(_transfer(payee, payee.wallet_id, payer.wallet_id)) == (409, "wallet_closed")
        assert _refusal(_funds(admin, payee.wallet_id, "add", 1)) == (409, "wallet_closed")
        assert _posted(payer, payer.wallet_id) == 100

    def test_makes_room_for_a_new_one(self, payer: Person) -> None:
        _close(payer, payer.wallet_id)
        assert _open(payer).status == 201

    def test_by_an_admin_needs_no_owner(self, payer: Person, admin: Person) -> None:
        assert _close(admin, payer.wallet_id).body["state"] == "closed"


class TestForeignWallet:
    @pytest.mark.parametrize(
        ("method", "rest", "body"),
        [("GET", "", None), ("GET", "/balance", None), ("GET", "/entries", None), ("POST", "/deactivate", {})],
    )
    def test_looks_like_an_absent_one(
        self, payer: Person, payee: Person, method: str, rest: str, body: dict[str, Any] | None
    ) -> None:
        assert _get(payee, f"/v1/wallets/{payee.wallet_id}").status == 200  # and is in the cache
        answers = [
            payer.client.request(method, f"/v1/wallets/{wallet_id}{rest}", body)
            for wallet_id in (payee.wallet_id, ABSENT, "wal_x")
        ]
        assert {_refusal(answer) for answer in answers} == {(404, "wallet_not_found")}
        bodies = [{name: value for name, value in a.body.items() if name != "request_id"} for a in answers]
        assert bodies[0] == bodies[1] == bodies[2]
        assert _get(payee, f"/v1/wallets/{payee.wallet_id}").body["state"] == "active"


def _transfer(person: Person, source: str, target: str) -> Answer:
    body = {"source_wallet_id": source, "target_wallet_id": target, "amount": 1, "currency": "EUR"}
    return person.client.request("POST", "/v1/transactions/transfer", body, key=secrets.token_hex(8))
