"""Whether the time of an answer tells if an address has an account."""

import secrets
import statistics
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from bench.load import addresses
from bench.table import Promise, Row
from local.configuration import Configuration
from local.http_client import Client
from local.story import Person
from tests.integration.desk import Desk

# A code is sent again after a minute.
_AGE = (
    "UPDATE identity.registration SET code_sent_at = code_sent_at - interval '1 minute' "
    "WHERE email_hmac = :hmac AND state = 'pending'"
)
_FORGET = "DELETE FROM identity.registration WHERE email_hmac = :hmac AND state = 'pending'"
ACCEPTED = 202
TRIES_OF_ONE = 4  # of an account: the fifth wrong password locks it
PROMISE = Promise("<=", 10)
WRONG = "not the password at all"
REGISTERED = {"password": "calm and tall trees", "full_name": "Somebody"}


@dataclass(frozen=True)
class Question:
    """A route and what it is asked beside the address; of a registration: one that the asker has made before."""

    name: str
    path: str
    body: dict[str, str]
    status: int
    of_registration: bool = False


QUESTIONS = (
    Question("register", "register", REGISTERED, ACCEPTED),
    Question("login, wrong password", "login", {"password": WRONG}, 401),
    Question("forgotten password", "password/forgot", {}, ACCEPTED),
    Question("resend verification", "resend-verification", {}, ACCEPTED, of_registration=True),
    Question("verification, wrong code", "verify-email", {"code": "abcde-fghjk"}, 422, of_registration=True),
)


def differences(configuration: Configuration, accounts: list[Person], tries: int) -> Iterator[tuple[Row, int]]:
    """For each question the difference of the medians beside the median of absent addresses, and what failed.

    Asked in turns, each from an address of its own. Needs `tries` / TRIES_OF_ONE accounts with hashes of full cost.
    """
    places = addresses()
    known = [account.email for account in accounts]
    with closing(Desk(configuration)) as desk:
        for question in QUESTIONS:
            # registered ones are asked about as often as accounts, any other once
            absent = [_absent() for _ in (known if question.of_registration else range(tries))]
            took: dict[bool, list[float]] = {True: [], False: []}
            failed = 0
            if question.of_registration:
                failed += sum(not _register(configuration, desk, email, next(places)) for email in [*known, *absent])
            for number in range(tries):
                for exists in (True, False) if number % 2 else (False, True):
                    emails = known if exists else absent
                    email = emails[number % len(emails)]
                    desk.rows(_AGE, hmac=desk.address_hmac(email))
                    client = Client(configuration.ports.gateway, next(places))
                    answer = client.request("POST", f"/v1/auth/{question.path}", {"email": email, **question.body})
                    failed += answer.status != question.status
                    took[exists].append(answer.milliseconds)
            there, missing = statistics.median(took[True]), statistics.median(took[False])
            yield Row(f"{question.name}: known or not", abs(there - missing), "ms", missing, PROMISE), failed


def _absent() -> str:
    return f"nobody.{secrets.token_hex(8)}@example.com"


def _register(configuration: Configuration, desk: Desk, email: str, place: str) -> bool:
    """Whether the address has one registration now, and no other: of several, none is sent a code again."""
    desk.rows(_FORGET, hmac=desk.address_hmac(email))
    answer = Client(configuration.ports.gateway, place).request(
        "POST", "/v1/auth/register", {"email": email, **REGISTERED}
    )
    return answer.status == ACCEPTED
