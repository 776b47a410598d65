"""In which order the ledger locks: what a call holds while it waits for a row that somebody else has."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pg8000.native

from local.configuration import Configuration
from local.secrets import superuser_password
from local.services.postgres import SUPERUSER, connect
from tests.faults.outage import until

FIRST, MIDDLE, LAST = "wal_aaaaa", "wal_mmmmm", "wal_zzzzz"
LOCK_NOT_AVAILABLE = "55P03"
# Stored against their order, so that whoever reads them as they lie takes them the wrong way round.
_ACCOUNTS = {LAST: 1, MIDDLE: 2, FIRST: 1}  # with their stripes
_ACCOUNT = (
    "INSERT INTO ledger.account (id, owner_id, kind, currency, stripes) VALUES (:id, 'usr_1', 'wallet', 'EUR', :n)"
)
_BALANCE = "INSERT INTO ledger.balance (account_id, stripe) VALUES (:id, :stripe)"
_LAST, _FIRST, _MIDDLE = ({"wallet_id": wallet} for wallet in (LAST, FIRST, MIDDLE))
Place = tuple[str, int]  # account and stripe


@dataclass(frozen=True)
class Order:
    """A call that locks `earlier` before `later`, whatever order it is asked in."""

    function: str  # its file below functions/migrate/sql
    rule: str  # the text in it that makes the order
    without: str  # the text instead of it that makes none
    call: str
    earlier: Place
    later: Place


def _bulk(source: dict[str, str], target: dict[str, str]) -> str:
    items = [{"currency": "EUR", "source": source, "target": target}]
    return f"SELECT ledger.lock_for_bulk('{json.dumps(items)}')"


_SIDES = f"ARRAY['{json.dumps(_LAST)}', '{json.dumps(_FIRST)}']::jsonb[]"
ORDERS = {
    "of the accounts of a movement": Order(
        "ledger/take_purses.sql",
        'ORDER BY ledger.account_of(s.side, currency) COLLATE "C"',
        "",
        f"SELECT ledger.take_purses({_SIDES}, 'EUR', ARRAY[-1, 1]::bigint[])",
        (FIRST, 0),
        (LAST, 0),
    ),
    "of the accounts of a bulk": Order(
        "ledger/lock_for_bulk.sql", "ORDER BY b.account_id, b.stripe", "", _bulk(_LAST, _FIRST), (FIRST, 0), (LAST, 0)
    ),
    "of the stripes of a bulk": Order(
        "ledger/lock_for_bulk.sql",
        "b.account_id, b.stripe",
        "b.account_id",
        _bulk(_MIDDLE, _LAST),
        (MIDDLE, 0),
        (MIDDLE, 1),
    ),
    "of the stripes of a wallet": Order(
        "ledger/take_whole_purse.sql",
        "ORDER BY b.stripe",
        "",
        f"SELECT ledger.take_whole_purse('{MIDDLE}')",
        (MIDDLE, 0),
        (MIDDLE, 1),
    ),
}


@dataclass
class LockDesk:
    """Three wallets in a database of its own."""

    platform: Configuration
    database: str

    @contextmanager
    def session(self) -> Iterator[pg8000.native.Connection]:
        """A transaction that is rolled back."""
        password = superuser_password(self.platform)
        connection = connect(self.platform, self.platform.ports.postgres, SUPERUSER, password, self.database)
        connection.run("BEGIN")
        try:
            yield connection
        finally:
            connection.run("ROLLBACK")
            connection.close()

    @contextmanager
    def wallets(self) -> Iterator[None]:
        with self.session() as connection:
            for account, stripes in _ACCOUNTS.items():
                connection.run(_ACCOUNT, id=account, n=stripes)
                for stripe in reversed(range(stripes)):
                    connection.run(_BALANCE, id=account, stripe=stripe)
            connection.run("COMMIT")
            try:
                yield
            finally:
                connection.run("DELETE FROM ledger.balance")
                connection.run("DELETE FROM ledger.account")

    def takes_in_order(self, order: Order) -> bool:
        """Whether the call already has the earlier row when it waits for the later one."""
        with self.session() as owner, self.session() as caller, self.session() as witness:
            _lock(owner, order.later)
            ((pid,),) = caller.run("SELECT pg_backend_pid()") or []
            call = threading.Thread(target=caller.run, args=(order.call,))
            call.start()
            until(lambda: _waits(witness, pid), "the call waits for the later row")
            try:
                return _locked(witness, order.earlier)
            finally:
                witness.run("ROLLBACK")
                owner.run("ROLLBACK")
                call.join()


def _lock(connection: pg8000.native.Connection, place: Place) -> None:
    statement = "SELECT FROM ledger.balance WHERE (account_id, stripe) = (:account, :stripe) FOR NO KEY UPDATE NOWAIT"
    connection.run(statement, account=place[0], stripe=place[1])


def _locked(connection: pg8000.native.Connection, place: Place) -> bool:
    try:
        _lock(connection, place)
    except pg8000.native.DatabaseError as error:
        if error.args[0]["C"] != LOCK_NOT_AVAILABLE:
            raise
        return True
    return False


def _waits(connection: pg8000.native.Connection, pid: int) -> bool:
    return bool(connection.run("SELECT cardinality(pg_blocking_pids(:pid)) > 0", pid=pid) == [[True]])
