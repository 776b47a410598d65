"""The people of the mixed run: with money that came by a transaction of their own; and shops with an API key."""

import secrets
from contextlib import closing
from dataclasses import dataclass

from local.configuration import Configuration
from local.story import Person
from tests.integration.desk import Desk
from tests.integration.factor import Guard, Phone
from tests.integration.merchants import Merchant
from tests.integration.money import post
from tests.integration.people import Town

FUNDS = 1_000_000
SHOPS = 10


@dataclass(frozen=True)
class Customer:
    """Somebody with a wallet and the transaction that filled it."""

    person: Person
    transaction_id: str


def customers(town: Town, people: list[Person]) -> list[Customer]:
    """These people, each with money from an admin."""
    admin = town.admin()
    body = {"amount": FUNDS, "currency": "EUR", "reason": "bench"}
    filled = []
    for person in people:
        answer = post(admin, f"/v1/wallets/{person.wallet_id}/funds/add", body, secrets.token_hex(8))
        if answer.status != 201:
            raise SystemExit(f"{answer.status} {answer.raw!r}")
        filled.append(Customer(person, answer.body["id"]))
    return filled


def shop_keys(configuration: Configuration, town: Town, people: list[Person]) -> list[str]:
    """An API key for each of the first people, who are merchants from now on."""
    admin = town.admin()
    with closing(Desk(configuration)) as desk:
        guard = Guard(admin, Phone(admin.totp_seed), desk)
        shops = [Merchant(person, guard, desk) for person in people[:SHOPS]]
        return [str(shop.key(["wallets:read"]).body["secret"]) for shop in shops]
