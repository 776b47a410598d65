"""Somebody with a second factor and money in PLN, and every way to move it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.http_client import Answer
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone, step_up
from tests.integration.money import fund, open_wallet, post
from tests.integration.scheduling import at

Ask = tuple[str, dict[str, Any]]


@dataclass
class Sender:
    """Somebody with a second factor, money in PLN and somebody to send it to."""

    person: Person
    phone: Phone
    desk: Desk
    plain_token: str
    target: str
    target_email: str
    guard: Guard

    def wallet(self, amount: int = 0, currency: str = "PLN") -> str:
        made = open_wallet(self.person, currency, name=secrets.token_hex(4))
        if amount:
            fund(self.guard.shown(), made, amount, currency)
        return made

    def send(self, ask: Ask, key: str) -> Answer:
        return post(self.person, ask[0], ask[1], key)

    def step_up(self) -> None:
        step_up(self.person, self.phone, self.desk)

    def be_plain(self) -> None:
        """The token is one of before the factor was shown."""
        self.person.client.token = self.plain_token


def spend(sender: Sender, amount: int, **target: Any) -> dict[str, Any]:
    named = target or {"target_wallet_id": sender.target}
    return {"source_wallet_id": sender.person.wallet_id, "amount": amount, "currency": "PLN", **named}


def _split(sender: Sender, amount: int) -> Ask:
    half = amount // 2
    splits = [
        {"target_wallet_id": sender.target, "amount": half},
        {"target_wallet_id": sender.wallet(), "amount": amount - half},
    ]
    return "/v1/transactions/transfer", spend(sender, amount, splits=splits)


def _bulk(sender: Sender, amount: int, mode: str) -> Ask:
    """No item alone is above the limit."""
    parts = [amount // 3, amount // 3, amount - 2 * (amount // 3)]
    return "/v1/transactions/bulk", {"mode": mode, "items": [spend(sender, part) for part in parts]}


def _convert(sender: Sender, amount: int) -> Ask:
    asked = {"source_currency": "PLN", "target_currency": "HUF", "amount": amount}
    quote = post(sender.person, "/v1/quotes", asked)
    assert quote.status == 201, quote.raw
    sides = {"source_wallet_id": sender.person.wallet_id, "target_wallet_id": sender.wallet(currency="HUF")}
    return "/v1/transactions/convert", {**sides, "quote_id": quote.body["id"]}


def _sweep(sender: Sender, amount: int) -> Ask:
    return f"/v1/wallets/{sender.wallet(amount)}/deactivate", {"sweep_to": sender.person.wallet_id}


def _nobody() -> str:
    return f"nobody.{secrets.token_hex(6)}@example.com"


WAYS: dict[str, Callable[[Sender, int], Ask]] = {
    "transfer": lambda sender, amount: ("/v1/transactions/transfer", spend(sender, amount)),
    "transfer to an address": lambda sender, amount: (
        "/v1/transactions/transfer",
        spend(sender, amount, target_email=sender.target_email),
    ),
    "hold for an unknown address": lambda sender, amount: (
        "/v1/transactions/transfer",
        spend(sender, amount, target_email=_nobody()),
    ),
    "split": _split,
    "hold": lambda sender, amount: ("/v1/transactions/hold", spend(sender, amount)),
    "atomic bulk": lambda sender, amount: _bulk(sender, amount, "atomic"),
    "independent bulk": lambda sender, amount: _bulk(sender, amount, "independent"),
    "schedule": lambda sender, amount: ("/v1/schedules", {**spend(sender, amount), "execute_at": at(3600)}),
    "conversion": _convert,
    "sweep": _sweep,
}
