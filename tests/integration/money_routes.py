"""Every route that moves money, each with a good request: the rows of the tests of bad input and of keys."""

import copy
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

from local.http_client import Answer
from local.story import Person
from tests.integration.money import held, moved, open_wallet, post
from tests.integration.paying import paid, save_card
from tests.integration.scheduling import at

_OPENAPI = Path(__file__).parents[2] / "functions/edge/openapi.json"


@dataclass(frozen=True)
class MoneyRoute:
    """Where a route's body has what: `inside` is the JSON pointer of the object that holds all other fields."""

    inside: str = ""
    amount: bool = True
    amount_needed: bool = True
    currency: bool = True
    wallets: tuple[str, ...] = ("source_wallet_id", "target_wallet_id")
    metadata: bool = True
    text: str | None = "description"


_SPENDING = MoneyRoute()
_GOING_ON = MoneyRoute(amount_needed=False, currency=False, wallets=(), metadata=False, text=None)
_FUNDS = MoneyRoute(wallets=(), metadata=False, text="reason")
ROUTES = {
    "/v1/payments": MoneyRoute(wallets=("wallet_id",)),
    "/v1/payments/{payment_id}/refunds": replace(_GOING_ON, text="reason"),
    "/v1/schedules": _SPENDING,
    "/v1/transactions/bulk": replace(_SPENDING, inside="/items/0"),
    "/v1/transactions/convert": MoneyRoute(amount=False, currency=False),
    "/v1/transactions/hold": _SPENDING,
    "/v1/transactions/transfer": _SPENDING,
    "/v1/transactions/{transaction_id}/capture": _GOING_ON,
    "/v1/transactions/{transaction_id}/reverse": replace(_GOING_ON, text="reason"),
    "/v1/transactions/{transaction_id}/void": replace(_GOING_ON, amount=False),
    "/v1/wallets/{wallet_id}/funds/add": _FUNDS,
    "/v1/wallets/{wallet_id}/funds/deduct": _FUNDS,
}
TWO_SIDED = [path for path, route in ROUTES.items() if "target_wallet_id" in route.wallets]


def told(answer: Answer) -> tuple[int, str]:
    """Status and code; of a bulk, its item's code."""
    return answer.status, answer.body.get("reason", answer.body["code"])


def documented_routes() -> set[str]:
    """The routes that need an Idempotency-Key, which are those that move money."""
    paths = json.loads(_OPENAPI.read_text())["paths"]
    return {
        path
        for path, methods in paths.items()
        if any(route.get("x-idempotency-key") == "required" for route in methods.values())
    }


@dataclass(frozen=True)
class Ask:
    """A request to a money route: who asks, at which path, for what."""

    person: Person
    route: str
    path: str
    body: dict[str, Any]

    def send(self, key: str | None = None) -> Answer:
        """Under a new key, or under `key`."""
        return post(self.person, self.path, self.body, key)

    def changed(self, **fields: Any) -> "Ask":
        """The same with other values of these fields."""
        body = copy.deepcopy(self.body)
        inner: Any = body
        for step in ROUTES[self.route].inside.split("/")[1:]:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        inner.update(fields)
        return replace(self, body=body)

    def elsewhere(self, object_id: str) -> "Ask":
        """The same at another object's path."""
        before, _, rest = self.route.partition("{")
        return replace(self, path=before + object_id + rest.partition("}")[2])


class Counter:
    """Makes good requests of somebody with money and cards, each of 1 minor unit."""

    def __init__(self, rich: Person, other: Person, admin: Person) -> None:
        self._rich, self._other, self._admin = rich, other, admin
        self._card = save_card(rich)
        self.dollars = open_wallet(rich, "USD", name=secrets.token_hex(4))
        rate = {"source_currency": "EUR", "target_currency": "USD", "rate": "1.5", "reason": "test"}
        assert post(admin, "/v1/exchange-rates", rate).status == 201
        self._funded = cycle((rich.wallet_id, other.wallet_id))
        self._makers: dict[str, Callable[[], tuple[str, dict[str, Any]]]] = {
            "/v1/payments": lambda: ("", self._payment_body()),
            "/v1/payments/{payment_id}/refunds": lambda: (paid(rich, 1), {"amount": 1, "reason": "x"}),
            "/v1/schedules": lambda: ("", {**self._spend(), "execute_at": at(3600)}),
            "/v1/transactions/bulk": lambda: ("", {"mode": "atomic", "items": [self._spend()]}),
            "/v1/transactions/convert": lambda: ("", self._conversion()),
            "/v1/transactions/hold": lambda: ("", self._spend()),
            "/v1/transactions/transfer": lambda: ("", self._spend()),
            "/v1/transactions/{transaction_id}/capture": lambda: (self._held(), {"amount": 1, "final": True}),
            "/v1/transactions/{transaction_id}/reverse": lambda: (self._moved(), {"amount": 1, "reason": "x"}),
            "/v1/transactions/{transaction_id}/void": lambda: (self._held(), {}),
            "/v1/wallets/{wallet_id}/funds/add": lambda: (next(self._funded), self._funds()),
            "/v1/wallets/{wallet_id}/funds/deduct": lambda: (next(self._funded), self._funds()),
        }

    def good(self, route: str) -> Ask:
        """A request that the route accepts, once; what it goes on with was made for it."""
        object_id, body = self._makers[route]()
        return Ask(self._asker(route), route, route, body).elsewhere(object_id)

    def _asker(self, route: str) -> Person:
        if "/funds/" in route:
            return self._admin
        return self._other if route.endswith(("/capture", "/reverse", "/void")) else self._rich

    def _spend(self) -> dict[str, Any]:
        sides = {"source_wallet_id": self._rich.wallet_id, "target_wallet_id": self._other.wallet_id}
        return {**sides, "amount": 1, "currency": "EUR"}

    def _held(self) -> str:
        return held(self._rich, self._other.wallet_id, 1)

    def _moved(self) -> str:
        return moved(self._rich, self._other.wallet_id, 1)

    def _funds(self) -> dict[str, Any]:
        return {"amount": 1, "currency": "EUR", "reason": "x"}

    def _payment_body(self) -> dict[str, Any]:
        method = {"payment_method_id": self._card, "wallet_id": self._rich.wallet_id}
        return {**method, "amount": 1, "currency": "EUR"}

    def _conversion(self) -> dict[str, Any]:
        asked = {"source_currency": "EUR", "target_currency": "USD", "amount": 1000}
        quote = post(self._rich, "/v1/quotes", asked)
        assert quote.status == 201, quote.raw
        sides = {"source_wallet_id": self._rich.wallet_id, "target_wallet_id": self.dollars}
        return {**sides, "quote_id": quote.body["id"]}
