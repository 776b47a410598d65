"""Whether the time of an answer tells if an address has an account."""

import secrets
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from bench.load import addresses
from bench.table import Promise, Row
from local.configuration import Configuration
from local.http_client import Client
from local.story import Person

TRIES_OF_ONE = 4  # of an account: the fifth wrong password locks it
PROMISE = Promise("<=", 10)
WRONG = "not the password at all"


@dataclass(frozen=True)
class Question:
    """A route and what it is asked beside the address."""

    name: str
    path: str
    body: dict[str, str]
    status: int


QUESTIONS = (
    Question("register", "register", {"password": "calm and tall trees", "full_name": "Somebody"}, 202),
    Question("login, wrong password", "login", {"password": WRONG}, 401),
    Question("forgotten password", "password/forgot", {}, 202),
    Question("resend verification", "resend-verification", {}, 202),
)


def differences(configuration: Configuration, accounts: list[Person], tries: int) -> Iterator[tuple[Row, int]]:
    """For each question the difference of the medians beside the median of absent addresses, and what failed.

    Asked in turns, each from an address of its own. Needs `tries` / TRIES_OF_ONE accounts with hashes of full cost.
    """
    places = addresses()
    for question in QUESTIONS:
        took: dict[bool, list[float]] = {True: [], False: []}
        failed = 0
        for number in range(tries):
            for exists in (True, False) if number % 2 else (False, True):
                absent = f"nobody.{secrets.token_hex(8)}@example.com"
                email = accounts[number % len(accounts)].email if exists else absent
                client = Client(configuration.ports.gateway, next(places))
                answer = client.request("POST", f"/v1/auth/{question.path}", {"email": email, **question.body})
                failed += answer.status != question.status
                took[exists].append(answer.milliseconds)
        known, unknown = statistics.median(took[True]), statistics.median(took[False])
        yield Row(f"{question.name}: known or not", abs(known - unknown), "ms", unknown, PROMISE), failed
