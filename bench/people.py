"""The people of a benchmark, their wallets and their money, all made through the API."""

import secrets
from dataclasses import dataclass
from typing import Any

from local.configuration import Configuration
from local.http_client import Client
from local.story import Story

PEOPLE = 16
WALLETS_EACH = 4  # more wallets than transfers at one moment, so that "uniform" means it
FUNDS = 1_000_000  # what an admin adds without showing the second factor anew
STRIPES = 16


@dataclass(frozen=True)
class Wallet:
    """A wallet and the token of its owner."""

    id: str
    token: str


@dataclass(frozen=True)
class Crowd:
    """Wallets with money; one that takes part in nothing but being paid, and such a one in stripes."""

    wallets: list[Wallet]
    hot: Wallet
    striped: Wallet


def gather(configuration: Configuration) -> Crowd:
    """Registers everybody; ends the benchmark where the API refuses."""
    admin = Story(configuration, lambda _: None)
    admin.invite_admin()
    crowd = [wallet for _ in range(PEOPLE) for wallet in _wallets(configuration, WALLETS_EACH)]
    for wallet in crowd:
        body = {"amount": FUNDS, "currency": "EUR", "reason": "bench"}
        _ask(admin.admin.client, f"/v1/wallets/{wallet.id}/funds/add", body, 201)
    hot, striped = _wallets(configuration, 2)
    _ask(admin.admin.client, f"/v1/wallets/{striped.id}/stripe", {"stripes": STRIPES, "reason": "bench"}, 200)
    return Crowd(crowd, hot, striped)


def _wallets(configuration: Configuration, count: int) -> list[Wallet]:
    """Of a new person."""
    story = Story(configuration, lambda _: None)
    story.register(story.anna)
    client, token = story.anna.client, str(story.anna.client.token)
    names = (f"{number}" for number in range(count))
    return [Wallet(_ask(client, "/v1/wallets", {"currency": "EUR", "name": name}, 201)["id"], token) for name in names]


def _ask(client: Client, path: str, body: dict[str, Any], expected: int) -> dict[str, Any]:
    answer = client.request("POST", path, body, key=secrets.token_hex(8))
    if answer.status != expected:
        raise SystemExit(f"{path}: {answer.status} {answer.raw!r}")
    return dict(answer.body)
