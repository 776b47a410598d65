"""Many processes that ask the ledger at the same moment, each through its own connection of the pooler."""

import multiprocessing
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pg8000.native
import pytest

from local.configuration import Configuration
from local.secrets import database_logins
from local.services.postgres import DATABASE, OWNER, connect
from paycore import database, ids
from paycore.database import SNAPSHOT_READ_ONLY, one_statement, transaction
from paycore.errors import Busy, Unavailable
from paycore.ledger.commands import Hold, Move, System, Wallet
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import AnyCommand, post
from paycore.ledger.verify import verify_whole
from paycore.money import Money
from paycore.request_key import RequestKey
from tests.integration.expiring import end_holds
from tests.integration.outbox_desk import as_function
from tests.model.audit import audit

WAIT_S_MAX = 60.0
_RETRIES_MAX = 20


def key(name: str | None = None) -> RequestKey:
    """A fresh key, or the one of that name."""
    return RequestKey("usr_crowd", "POST /crowd", name or secrets.token_hex(8), "same", "req_crowd")


def common(name: str | None = None) -> dict[str, Any]:
    """What all commands share."""
    return {"transaction_id": ids.new("tx"), "actor_id": "usr_crowd", "key": key(name)}


def move(source: str, target: str, amount: int, name: str | None = None, currency: str = "EUR") -> Move:
    money = Money(amount, currency)
    return Move(**common(name), kind="transfer", money=money, source=Wallet(source), target=Wallet(target))


def hold(source: str, target: str, amount: int) -> Hold:
    return Hold(**common(), money=Money(amount, "EUR"), source=Wallet(source), target=Wallet(target))


def ask(command: AnyCommand) -> Outcome:
    """As a function asks; who is sent away (a deadlock, a lock that took too long) asks again, as a client does."""
    for _ in range(_RETRIES_MAX):
        try:
            return one_statement(lambda connection: post(connection, command))
        except (Busy, Unavailable):
            continue
    raise Busy


@contextmanager
def at_the_pooler(platform: Configuration) -> Iterator[None]:
    """This process, and those that it forks, are functions of the running system's own database."""
    pooled = replace(platform, ports=replace(platform.ports, postgres=platform.ports.pgbouncer))
    with pytest.MonkeyPatch.context() as patch, as_function(pooled, patch, "app_rw", DATABASE):
        yield


class Crowd:
    """The running system's ledger with its owner's connection, and processes that write to it."""

    def __init__(self, platform: Configuration) -> None:
        self._platform = platform
        self._owner: pg8000.native.Connection
        self.reconnect()

    def sql(self, statement: str, **values: Any) -> list[list[Any]]:
        return list(self._owner.run(statement, **values) or [])

    def reconnect(self) -> None:
        """The owner's connection anew, after it was closed."""
        password = database_logins(self._platform)[OWNER]
        self._owner = connect(self._platform, self._platform.ports.postgres, OWNER, password, DATABASE)

    def close(self) -> None:
        self._owner.close()

    def wallet(self, funds: int = 0, owner: str = "usr_crowd", currency: str = "EUR") -> str:
        """A new wallet with funds."""
        wallet = ids.new("wal")
        self.sql("SELECT ledger.open_wallet(:id, :owner, :currency)", id=wallet, owner=owner, currency=currency)
        if funds:
            bank, target, money = System("clearing_bank"), Wallet(wallet), Money(funds, currency)
            ask(Move(**common(), kind="funds_added", money=money, source=bank, target=target)).completed()
        return wallet

    def end_holds(self, in_ms: dict[str, int]) -> None:
        """Each ends in so many milliseconds."""
        end_holds(self._platform, in_ms)

    def expect_order(self) -> None:
        """The tables are in order, to those who read them here and to the ledger's own verification."""
        audit(self.sql)
        with (
            pytest.MonkeyPatch.context() as patch,
            as_function(self._platform, patch, "app_job", DATABASE),
            transaction(SNAPSHOT_READ_ONLY) as connection,
        ):
            assert verify_whole(connection).violations == []

    def balance(self, wallet: str) -> tuple[int, int]:
        """Posted and held."""
        query = "SELECT sum(posted_minor)::bigint, sum(held_minor)::bigint FROM ledger.balance WHERE account_id = :id"
        ((posted, held),) = self.sql(query, id=wallet)
        return posted, held


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work(number)` gives in each of so many forked processes, which begin together, connected."""
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(count), context.SimpleQueue()
    database.engine().dispose()  # no two processes on one connection
    children = [context.Process(target=_child, args=(number, work, gate, answers)) for number in range(count)]
    for child in children:
        child.start()
    found = [answers.get() for _ in children]
    for child in children:
        child.join(WAIT_S_MAX)
    assert all(child.exitcode == 0 for child in children), [child.exitcode for child in children]
    return [answer for _, answer in sorted(found, key=lambda pair: int(pair[0]))]


def _connect() -> None:
    """However long it takes while all others connect, too."""
    for _ in range(_RETRIES_MAX):
        with suppress(Busy, Unavailable):
            database.database_check()
            return
    raise Unavailable


def _child(number: int, work: Callable[[int], Any], gate: Any, answers: Any) -> None:
    answer: Any = None
    try:
        database.engine.cache_clear()
        _connect()
        gate.wait(WAIT_S_MAX)
        answer = work(number)
    finally:
        answers.put((number, answer))
        os._exit(0 if answer is not None else 1)  # no fixture of the parent's ends here
