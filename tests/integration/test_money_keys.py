"""Idempotency keys over every route that moves money: needed, bounded, and of one request only."""

import json
import secrets
from typing import Any

import pytest

from local.story import Person
from tests.integration.money import fund, refusal, transfer
from tests.integration.money_routes import ROUTES, Counter

NO_KEYS = ["k" * 256, "a b", "a\tb", "\xe4"]
# Another body of the same request: what changes is a field that every body of the kind may have.
ANOTHER: dict[str, dict[str, Any]] = {
    "/v1/transactions/convert": {"description": "x"},
    "/v1/transactions/{transaction_id}/capture": {"final": False},
}
WITH_BODY = [path for path in ROUTES if not path.endswith("/void")]
OF_OBJECTS = [path for path in ROUTES if "{" in path]


@pytest.fixture(scope="module")
def counter(rich: Person, other: Person, admin: Person) -> Counter:
    return Counter(rich, other, admin)


class TestKeys:
    @pytest.mark.parametrize("route", ROUTES)
    def test_are_needed_and_bounded(self, counter: Counter, route: str) -> None:
        ask = counter.good(route)
        answer = ask.person.client.request("POST", ask.path, ask.body)
        assert refusal(answer) == (400, "idempotency_key_required")
        for key in NO_KEYS:
            assert refusal(ask.send(key)) == (400, "invalid_idempotency_key"), key
        assert ask.send(secrets.token_hex(127) + "k").status == 201

    @pytest.mark.parametrize("route", WITH_BODY)
    def test_belong_to_one_body(self, counter: Counter, route: str) -> None:
        key, ask = secrets.token_hex(8), counter.good(route)
        assert ask.send(key).status == 201
        another = ask.changed(**ANOTHER.get(route, {"amount": 2}))
        assert refusal(another.send(key)) == (422, "idempotency_key_reused")

    @pytest.mark.parametrize("route", OF_OBJECTS)
    def test_belong_to_one_object(self, counter: Counter, route: str) -> None:
        key, ask, another = secrets.token_hex(8), counter.good(route), counter.good(route)
        assert ask.path != another.path
        assert ask.send(key).status == 201
        assert refusal(another.send(key)) == (422, "idempotency_key_reused")

    @pytest.mark.parametrize("route", ROUTES)
    def test_do_not_mind_the_order_of_names_nor_spaces(self, counter: Counter, route: str) -> None:
        key, ask = secrets.token_hex(8), counter.good(route)
        if ROUTES[route].metadata:
            ask = ask.changed(metadata={"a": "1", "b": "2"})
        first = ask.send(key)
        turned = json.dumps(_turned(ask.body), indent=3).encode()
        again = ask.person.client.request("POST", ask.path, raw=turned, key=key)
        assert (again.status, again.raw, again.headers["idempotency-replayed"]) == (201, first.raw, "true")

    def test_may_be_quoted_and_never_empty_nor_two_in_one(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 10)
        first, again = (transfer(payer, payee.wallet_id, 1, key) for key in ("order-1", '"order-1"'))
        assert (again.raw, again.headers["idempotency-replayed"]) == (first.raw, "true")
        for header in ("", '""', '" "', "order-1,order-1", "order-1, order-2", '"order-1","order-2"'):
            ask = {
                "source_wallet_id": payer.wallet_id,
                "target_wallet_id": payee.wallet_id,
                "amount": 1,
                "currency": "EUR",
            }
            path, headers = "/v1/transactions/transfer", {"Idempotency-Key": header}
            refused = payer.client.request("POST", path, ask, headers=headers)
            assert refusal(refused)[0] == 400, header

    def test_are_a_person_s_own(self, payer: Person, payee: Person, admin: Person) -> None:
        fund(admin, payer.wallet_id, 5)
        first = transfer(payer, payee.wallet_id, 3, "k")
        back = transfer(payee, payer.wallet_id, 1, "k")
        assert (first.status, back.status) == (201, 201)
        assert back.body["id"] != first.body["id"]


def _turned(body: object) -> object:
    """The same JSON, the names of each object in the opposite order."""
    if isinstance(body, dict):
        return {name: _turned(value) for name, value in reversed(body.items())}
    return [_turned(item) for item in body] if isinstance(body, list) else body
