"""The bank through the public door: sixteen people move money, eight look; every answer and every snapshot is right."""

import random
import secrets
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from urllib.parse import quote

import pytest

from local.configuration import Configuration
from local.http_client import Answer
from local.story import Person
from tests.faults.outage import until
from tests.integration.ledger_crowd import Crowd
from tests.integration.money import fund, get, go_on, hold, post, transfer
from tests.integration.people import Town

WRITERS, READERS = 16, 8
MOVEMENTS = 30  # of each writer
FUNDS = 1_000
_PART = 400  # about what a wallet has, so that funds run out again and again
_SETTLED = timedelta(seconds=6)  # a statement ends in the past

# One snapshot: what all have, how many balance rows are below their floor, and what is held beyond the open holds.
_LOOK = """
SELECT sum(b.posted_minor)::bigint, count(*) FILTER (WHERE b.posted_minor - b.held_minor < b.floor_minor),
       (sum(b.held_minor) - (SELECT coalesce(sum(h.remaining_minor), 0) FROM ledger.hold h
                              WHERE h.source_account_id = ANY(:wallets) AND h.state = 'open'))::bigint
  FROM ledger.balance b WHERE b.account_id = ANY(:wallets)
"""


@dataclass
class Got:
    """What somebody got: holds and transfers that are theirs to take or to give back."""

    holds: deque[str] = field(default_factory=deque)
    transfers: deque[str] = field(default_factory=deque)


class Writer:
    """Somebody who pays the others, holds money for them, and takes or gives back what the others made."""

    def __init__(self, person: Person, got: Mapping[str, Got], number: int) -> None:
        self._person, self._got = person, got
        self._own = got[str(person.wallet_id)]
        self._others = [wallet for wallet in got if wallet != person.wallet_id]
        self._random = random.Random(number)

    def work(self) -> Counter[tuple[int, str]]:
        """How often each status was met, with the kind of a transaction or the code of a refusal."""
        met: Counter[tuple[int, str]] = Counter()
        for _ in range(MOVEMENTS):
            answer = self._next()
            met[answer.status, str(answer.body.get("code", answer.body.get("kind", "")))] += 1
        return met

    def _next(self) -> Answer:
        amount, lot = self._random.randint(2, _PART), self._random.random()
        payee, other = self._random.sample(self._others, 2)
        if self._own.holds and lot < 0.3:
            original = self._own.holds.popleft()
            if lot < 0.15:
                return go_on(self._person, original, "void")
            return go_on(self._person, original, "capture", amount=1)
        if self._own.transfers and lot < 0.4:
            return go_on(self._person, self._own.transfers.popleft(), "reverse", reason="bank")
        if lot < 0.6:
            return _kept(self._got[payee].holds, hold(self._person, payee, amount))
        if lot < 0.7:
            items = [self._item(payee, amount), self._item(other, 1)]
            return post(self._person, "/v1/transactions/bulk", {"mode": "atomic", "items": items})
        return _kept(self._got[payee].transfers, transfer(self._person, payee, amount))

    def _item(self, payee: str, amount: int) -> dict[str, object]:
        wallet = self._person.wallet_id
        return {"source_wallet_id": wallet, "target_wallet_id": payee, "amount": amount, "currency": "EUR"}


def _kept(where: deque[str], answer: Answer) -> Answer:
    if answer.status == 201:
        where.append(str(answer.body["id"]))
    return answer


def _look(crowd: Crowd, wallets: list[str], people: list[Person], over: Event) -> set[tuple[int, ...]]:
    """What each snapshot showed; and a statement adds up."""
    seen: set[tuple[int, ...]] = set()
    chosen = random.Random(secrets.randbelow(2**32))
    while not over.is_set():
        seen.add(tuple(int(value) for value in crowd.sql(_LOOK, wallets=wallets)[0]))
        _expect_adding_up(chosen.choice(people))
    return seen


def _expect_adding_up(person: Person) -> None:
    """A person's statement up to now: opening, rows, closing."""
    answer = _statement(person)
    assert answer.status in (200, 503), answer.raw
    if answer.status == 200:
        rows = [row["amount"] for row in answer.body["rows"]]
        assert answer.body["opening"] + sum(rows) == answer.body["closing"]


def _statement(person: Person) -> Answer:
    end = datetime.now(UTC) - _SETTLED
    span = f"from={quote((end - timedelta(days=1)).isoformat())}&to={quote(end.isoformat())}"
    return get(person, f"/v1/wallets/{person.wallet_id}/statement?{span}")


def _tells_all(person: Person) -> bool:
    """Whether the statement has come to what the wallet has now, from nothing, row by row."""
    answer, balance = _statement(person), get(person, f"/v1/wallets/{person.wallet_id}/balance")
    if 503 in (answer.status, balance.status):
        return False
    told, has = answer.body, balance.body["posted"]
    return bool(told["rows"]) and told["opening"] == 0 and sum(row["amount"] for row in told["rows"]) == has


@pytest.fixture
def people(town: Town, admin: Person) -> list[Person]:
    """Everybody with the same funds."""
    made = [town.person("EUR") for _ in range(WRITERS)]
    for person in made:
        fund(admin, str(person.wallet_id), FUNDS)
    return made


@pytest.fixture
def crowds(platform: Configuration) -> Iterator[list[Crowd]]:
    """A connection for everybody who looks."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Crowd(platform))) for _ in range(READERS)]


class TestBank:
    def test_keeps_every_minor_unit_while_all_pay_and_look(self, people: list[Person], crowds: list[Crowd]) -> None:
        got = {str(person.wallet_id): Got() for person in people}
        wallets = [*got]
        over = Event()
        with ThreadPoolExecutor(WRITERS + READERS) as pool:
            writing = [pool.submit(Writer(person, got, n).work) for n, person in enumerate(people)]
            looking = [pool.submit(_look, crowd, wallets, people, over) for crowd in crowds]
            wait(writing)
            over.set()
            met = sum((future.result() for future in writing), Counter())
            seen = set().union(*(future.result() for future in looking))
        print(met)
        assert seen == {(FUNDS * WRITERS, 0, 0)}
        assert {status for status, _ in met} <= {201, 409, 422, 503}
        assert set(met) >= {
            (201, "transfer"),
            (201, "hold"),
            (201, "capture"),
            (201, "void"),
            (201, "reversal"),
            (422, "insufficient_funds"),
            (422, "bulk_refused"),
        }
        for person in people:
            until(partial(_tells_all, person), "the statement folds to the balance")
        crowds[0].expect_order()
