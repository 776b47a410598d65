"""Transfers through the public door: money moves once, and says why when it doesn't."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.patience import attended

TRANSFER = "/v1/transactions/transfer"


def _fund(admin: Person, person: Person, amount: int) -> None:
    body = {"amount": amount, "currency": "EUR", "reason": "test"}
    path = f"/v1/wallets/{person.wallet_id}/funds/add"
    assert admin.client.request("POST", path, body, key=secrets.token_hex(8)).status == 201


def _transfer(payer: Person, target: str, amount: object, key: str | None = None, **changes: Any) -> Answer:
    body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": target, "amount": amount, "currency": "EUR"}
    ask = partial(payer.client.request, "POST", TRANSFER, {**body, **changes}, key=key or secrets.token_hex(8))
    return attended(ask)


def _posted(person: Person) -> int:
    answer = person.client.request("GET", f"/v1/wallets/{person.wallet_id}/balance")
    return int(answer.body["posted"])


class TestTransfer:
    def test_moves_money_to_the_last_minor_unit_and_not_one_more(
        self, payer: Person, payee: Person, admin: Person
    ) -> None:
        _fund(admin, payer, 100)
        refused = _transfer(payer, payee.wallet_id, 101)
        assert (refused.status, refused.body["code"], refused.body["short_by"]) == (422, "insufficient_funds", 1)
        assert _transfer(payer, payee.wallet_id, 100).status == 201
        assert (_posted(payer), _posted(payee)) == (0, 100)

    def test_the_same_key_at_the_same_moment_moves_money_once(
        self, payer: Person, payee: Person, admin: Person
    ) -> None:
        _fund(admin, payer, 1000)
        with ThreadPoolExecutor(64) as pool:
            answers = list(pool.map(lambda _: _transfer(payer, payee.wallet_id, 100, "one"), range(64)))
        assert {answer.status for answer in answers} == {201}
        assert len({answer.raw for answer in answers}) == 1
        assert sum("idempotency-replayed" in answer.headers for answer in answers) >= 63
        assert (_posted(payer), _posted(payee)) == (900, 100)

    def test_of_fifty_at_once_only_one_finds_the_money(self, payer: Person, payee: Person, admin: Person) -> None:
        _fund(admin, payer, 100)
        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(lambda _: _transfer(payer, payee.wallet_id, 100), range(50)))
        assert sorted(answer.status for answer in answers) == [201] + [422] * 49
        assert (_posted(payer), _posted(payee)) == (0, 100)

    def test_a_refusal_replays_byte_equal_even_when_the_money_has_come(
        self, payer: Person, payee: Person, admin: Person
    ) -> None:
        first = _transfer(payer, payee.wallet_id, 5, "later")
        _fund(admin, payer, 100)
        again = _transfer(payer, payee.wallet_id, 5, "later")
        assert first.status == again.status == 422
        assert first.raw == again.raw
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["request-id"] != first.headers["request-id"]

    def test_the_same_key_with_another_body_is_refused(self, payer: Person, payee: Person, admin: Person) -> None:
        _fund(admin, payer, 100)
        assert _transfer(payer, payee.wallet_id, 1, "k").status == 201
        reused = _transfer(payer, payee.wallet_id, 2, "k")
        assert (reused.status, reused.body["code"]) == (422, "idempotency_key_reused")
        assert _posted(payer) == 99

    def test_an_external_id_is_used_once_and_a_refusal_does_not_use_it(
        self, payer: Person, payee: Person, admin: Person
    ) -> None:
        assert _transfer(payer, payee.wallet_id, 1, external_id="order-1").status == 422
        _fund(admin, payer, 100)
        first = _transfer(payer, payee.wallet_id, 1, external_id="order-1")
        second = _transfer(payer, payee.wallet_id, 1, external_id="order-1")
        assert first.status == 201
        assert (second.status, second.body["transaction_id"]) == (409, first.body["id"])

    def test_shows_each_party_only_its_own_balance(self, payer: Person, payee: Person, admin: Person) -> None:
        _fund(admin, payer, 100)
        made = _transfer(payer, payee.wallet_id, 40).body
        assert [leg["wallet_id"] for leg in made["legs"]] == [payer.wallet_id]
        seen = payee.client.request("GET", f"/v1/transactions/{made['id']}").body
        assert [(leg["wallet_id"], leg["balance_after"]) for leg in seen["legs"]] == [(payee.wallet_id, 40)]

    @pytest.mark.parametrize(
        ("changes", "status", "code"),
        [
            ({"amount": 0}, 422, "invalid_request"), ({"amount": -1}, 422, "invalid_request"),
            ({"amount": 1.0}, 422, "invalid_request"), ({"amount": "1"}, 422, "invalid_request"),
            ({"amount": True}, 422, "invalid_request"), ({"amount": 10**15 + 1}, 422, "invalid_request"),
            ({"currency": "usd"}, 422, "invalid_request"), ({"currency": "USD"}, 422, "currency_mismatch"),
            ({"target_wallet_id": "wal_x"}, 404, "wallet_not_found"), ({"is_admin": True}, 422, "invalid_request"),
            ({"target_email": "a@b.example"}, 422, "invalid_request"),
            ({"target_wallet_id": None, "target_email": "nobody@nowhere.example"}, 422, "insufficient_funds"),
            ({"source_wallet_id": "wal_" + "0" * 26}, 404, "wallet_not_found"),
            ({"description": "4242 4242 4242 4242"}, 422, "invalid_request"),
            ({"description": "\ud800"}, 422, "invalid_request"), ({"description": "\x00"}, 422, "invalid_request"),
        ],
    )  # fmt: skip
    def test_refuses(self, town_pair: tuple[Person, Person], changes: dict[str, Any], status: int, code: str) -> None:
        payer, payee = town_pair
        answer = _transfer(payer, payee.wallet_id, changes.pop("amount", 1), **changes)
        assert (answer.status, answer.body["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert "4242 4242" not in answer.raw.decode()

    def test_refuses_the_same_wallet(self, payer: Person) -> None:
        answer = _transfer(payer, payer.wallet_id, 1)
        assert (answer.status, answer.body["code"]) == (422, "same_wallet")

    def test_refuses_without_a_key(self, payer: Person, payee: Person) -> None:
        body = {
            "source_wallet_id": payer.wallet_id,
            "target_wallet_id": payee.wallet_id,
            "amount": 1,
            "currency": "EUR",
        }
        answer = payer.client.request("POST", TRANSFER, body)
        assert (answer.status, answer.body["code"]) == (400, "idempotency_key_required")


@pytest.fixture(scope="module")
def town_pair(town: object) -> tuple[Person, Person]:
    """Two people for a table of refusals."""
    return town.person("EUR"), town.person("EUR")  # type: ignore[attr-defined]
