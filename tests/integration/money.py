"""How the tests of the money routes move money, and what they look at."""

import secrets
from typing import Any

from local.http_client import Answer
from local.story import Person
from tests.integration.people import Town

ABSENT_WALLET = "wal_" + "0" * 26
ABSENT_TRANSACTION = "tx_" + "0" * 26


def post(person: Person, path: str, body: object, key: str | None = None) -> Answer:
    """One POST under a new key, or under `key`."""
    return person.client.request("POST", path, body, key=key or secrets.token_hex(8))


def get(person: Person, path: str) -> Answer:
    return person.client.request("GET", path)


def spend(payer: Person, kind: str, target: str | None, amount: int, key: str | None = None, **changes: Any) -> Answer:
    """A transfer or a hold out of the payer's wallet; `changes` override or add to the body."""
    body = {"source_wallet_id": payer.wallet_id, "target_wallet_id": target, "amount": amount, "currency": "EUR"}
    return post(payer, f"/v1/transactions/{kind}", {**body, **changes}, key)


def transfer(payer: Person, target: str | None, amount: int, key: str | None = None, **changes: Any) -> Answer:
    return spend(payer, "transfer", target, amount, key, **changes)


def hold(payer: Person, target: str, amount: int, key: str | None = None, **changes: Any) -> Answer:
    return spend(payer, "hold", target, amount, key, **changes)


def held(payer: Person, target: str, amount: int, **changes: Any) -> str:
    """The id of a hold that was made."""
    answer = hold(payer, target, amount, **changes)
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def moved(payer: Person, target: str, amount: int, **changes: Any) -> str:
    """The id of a transfer that was made."""
    answer = transfer(payer, target, amount, **changes)
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def go_on(person: Person, transaction_id: str, how: str, key: str | None = None, **body: Any) -> Answer:
    """Captures, voids or reverses."""
    return post(person, f"/v1/transactions/{transaction_id}/{how}", body, key)


def fund(admin: Person, wallet_id: str, amount: int, currency: str = "EUR") -> None:
    body = {"amount": amount, "currency": currency, "reason": "test"}
    answer = post(admin, f"/v1/wallets/{wallet_id}/funds/add", body)
    assert answer.status == 201, answer.raw


def open_wallet(person: Person, currency: str, **changes: Any) -> str:
    answer = person.client.request("POST", "/v1/wallets", {"currency": currency, **changes})
    assert answer.status == 201, answer.raw
    return str(answer.body["id"])


def set_state(admin: Person, wallet_id: str, how: str, **body: Any) -> None:
    """Freezes, unfreezes, deactivates or reopens."""
    answer = post(admin, f"/v1/wallets/{wallet_id}/{how}", {"reason": "test", **body})
    assert answer.status == 200, answer.raw


def balance(person: Person, wallet_id: str | None = None) -> dict[str, int]:
    """posted, pending_in, pending_out, available: read from PostgreSQL."""
    body = get(person, f"/v1/wallets/{wallet_id or person.wallet_id}/balance").body
    return {name: body[name] for name in ("posted", "pending_in", "pending_out", "available")}


def posted(person: Person, wallet_id: str | None = None) -> int:
    return balance(person, wallet_id)["posted"]


def shown(person: Person, transaction_id: str) -> Answer:
    return get(person, f"/v1/transactions/{transaction_id}")


def history(person: Person, query: str = "") -> list[dict[str, Any]]:
    answer = get(person, f"/v1/transactions?{query}")
    assert answer.status == 200, answer.raw
    rows: list[dict[str, Any]] = answer.body["data"]
    return rows


def refusal(answer: Answer) -> tuple[int, str]:
    """Status and code."""
    return answer.status, answer.body["code"]


def unlike(answer: Answer) -> dict[str, Any]:
    """The body without what every answer has of its own: two of them must not differ."""
    return {name: value for name, value in answer.body.items() if name != "request_id"}


def rich_person(town: Town, admin: Person, amount: int = 1_000_000) -> Person:
    """Somebody with money in a EUR wallet."""
    person = town.person("EUR")
    fund(admin, person.wallet_id, amount)
    return person
