"""Idempotency keys over every route that moves money: needed, bounded, and of one request only."""

import secrets
from typing import Any

import pytest

from local.http_client import Answer
from local.story import Person
from tests.integration.money import (
    ABSENT_TRANSACTION,
    fund,
    held,
    moved,
    refusal,
    rich_person,
    transfer,
)
from tests.integration.people import Town

SPENDING = ("transfer", "hold")


@pytest.fixture(scope="module")
def rich(town: Town, admin: Person) -> Person:
    """Somebody with 1,000,000 in a EUR wallet."""
    return rich_person(town, admin)


@pytest.fixture(scope="module")
def other(town: Town) -> Person:
    """The other side."""
    return town.person("EUR")


@pytest.fixture(autouse=True)
def elsewhere(rich: Person, other: Person) -> None:
    """Each test comes from addresses of its own: the limit counts addresses."""
    for person in (rich, other):
        person.client.address = f"127.{150 + secrets.randbelow(50)}.{secrets.randbelow(250)}.{secrets.randbelow(250)}"


def _paths(rich: Person, other: Person) -> dict[str, dict[str, Any]]:
    """Every money route of this service that takes an amount, with a body that is good."""
    sides = {"source_wallet_id": rich.wallet_id, "target_wallet_id": other.wallet_id}
    return {
        "transfer": {**sides, "amount": 1, "currency": "EUR"},
        "hold": {**sides, "amount": 1, "currency": "EUR"},
        f"{ABSENT_TRANSACTION}/capture": {"amount": 1},
        f"{ABSENT_TRANSACTION}/reverse": {"amount": 1, "reason": "x"},
    }


def _send(person: Person, path: str, body: object, key: str | None = None) -> Answer:
    return person.client.request("POST", f"/v1/transactions/{path}", body, key=key or secrets.token_hex(8))


class TestKeys:
    def test_are_needed_everywhere(self, rich: Person, other: Person) -> None:
        paths = {**_paths(rich, other), f"{ABSENT_TRANSACTION}/void": {}, "bulk": {}, "convert": {}}
        for path, body in paths.items():
            answer = rich.client.request("POST", f"/v1/transactions/{path}", body)
            assert refusal(answer) == (400, "idempotency_key_required"), path

    @pytest.mark.parametrize("key", ["k" * 256, "a b", "a\tb", "\xe4"])
    def test_that_are_none_are_refused_everywhere(self, rich: Person, other: Person, key: str) -> None:
        for path, body in {**_paths(rich, other), f"{ABSENT_TRANSACTION}/void": {}}.items():
            assert refusal(_send(rich, path, body, key)) == (400, "invalid_idempotency_key"), path

    def test_may_have_255_characters(self, rich: Person, other: Person) -> None:
        assert _send(rich, "transfer", _paths(rich, other)["transfer"], secrets.token_hex(127) + "k").status == 201

    @pytest.mark.parametrize("path", SPENDING)
    def test_belong_to_one_body(self, rich: Person, other: Person, path: str) -> None:
        key, body = secrets.token_hex(8), _paths(rich, other)[path]
        assert _send(rich, path, body, key).status == 201
        assert refusal(_send(rich, path, {**body, "amount": 2}, key)) == (422, "idempotency_key_reused")
        assert refusal(_send(rich, path, {**body, "description": "x"}, key)) == (422, "idempotency_key_reused")

    @pytest.mark.parametrize("path", SPENDING)
    def test_do_not_mind_the_order_of_names(self, rich: Person, other: Person, path: str) -> None:
        key, body = secrets.token_hex(8), _paths(rich, other)[path]
        first = _send(rich, path, {**body, "metadata": {"a": "1", "b": "2"}}, key)
        other_order = {"metadata": {"b": "2", "a": "1"}, **dict(reversed(body.items()))}
        again = _send(rich, path, other_order, key)
        assert (again.status, again.raw, again.headers["idempotency-replayed"]) == (201, first.raw, "true")

    @pytest.mark.parametrize("how", ["capture", "void"])
    def test_belong_to_one_hold(self, payer: Person, payee: Person, admin: Person, how: str) -> None:
        fund(admin, payer.wallet_id, 2)
        one, two = held(payer, payee.wallet_id, 1), held(payer, payee.wallet_id, 1)
        assert _send(payee, f"{one}/{how}", {}, "k").status == 201
        assert refusal(_send(payee, f"{two}/{how}", {}, "k")) == (422, "idempotency_key_reused")

    def test_belong_to_one_transfer_that_is_reversed(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 2)
        one, two = moved(payer, payee.wallet_id, 1), moved(payer, payee.wallet_id, 1)
        assert _send(payee, f"{one}/reverse", {"reason": "x"}, "k").status == 201
        assert refusal(_send(payee, f"{two}/reverse", {"reason": "x"}, "k")) == (422, "idempotency_key_reused")

    def test_are_a_person_s_own(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 5)
        first = transfer(payer, payee.wallet_id, 3, "k")
        back = transfer(payee, payer.wallet_id, 1, "k")
        assert (first.status, back.status) == (201, 201)
        assert back.body["id"] != first.body["id"]
