"""How the tests of quotes and conversions ask for them."""

from typing import Any

from local.http_client import Answer
from local.story import Person
from tests.integration.money import post


def load(admin: Person, rate: object, source: str = "EUR", target: str = "USD", **more: Any) -> Answer:
    body = {"source_currency": source, "target_currency": target, "rate": rate, "reason": "test", **more}
    return post(admin, "/v1/exchange-rates", body)


def quote(person: Person, amount: object = 1000, source: str = "EUR", target: str = "USD") -> Answer:
    return post(person, "/v1/quotes", {"source_currency": source, "target_currency": target, "amount": amount})


def convert(person: Person, quote_id: str, target: str, key: str | None = None, **changes: Any) -> Answer:
    body = {"quote_id": quote_id, "source_wallet_id": person.wallet_id, "target_wallet_id": target, **changes}
    return post(person, "/v1/transactions/convert", body, key)
