"""In which order the ledger locks: what a call holds while it waits for a row that somebody else has."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pg8000.native

from local.configuration import Configuration
from local.secrets import superuser_password
from local.services.postgres import SUPERUSER, connect
from tests.faults.outage import until
from tests.sql.orders import ACCOUNTS, HOLDS, Order

LOCK_NOT_AVAILABLE = "55P03"
_ACCOUNT = (
    "INSERT INTO ledger.account (id, owner_id, kind, currency, stripes) VALUES (:id, 'usr_1', 'wallet', 'EUR', :n)"
)
_BALANCE = "INSERT INTO ledger.balance (account_id, stripe, posted_minor, held_minor) VALUES (:id, :stripe, 9, 2)"
_TRANSACTION = (
    "INSERT INTO ledger.transaction (id, kind, status, currency, amount_minor, source_account_id, actor_id, "
    "                                request_id, requested_at) "
    "VALUES (:id, 'hold', 'pending', 'EUR', 1, :source, 'usr_1', 'req_1', now())"
)
_HOLD = (
    "INSERT INTO ledger.hold (transaction_id, source_account_id, source_stripe, source_owner_id, target_account_id, "
    "                         target_owner_id, currency, amount_minor, remaining_minor, expires_at) "
    "VALUES (:id, :source, 0, 'usr_1', :target, 'usr_1', 'EUR', 1, 1, now() + :hours * interval '1 h')"
)


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
            for account, stripes in ACCOUNTS.items():
                connection.run(_ACCOUNT, id=account, n=stripes)
                for stripe in reversed(range(stripes)):
                    connection.run(_BALANCE, id=account, stripe=stripe)
            for hold, (source, target, hours) in HOLDS.items():
                connection.run(_TRANSACTION, id=hold, source=source)
                connection.run(_HOLD, id=hold, source=source, target=target, hours=hours)
            connection.run("COMMIT")
            try:
                yield
            finally:
                connection.run("SET session_replication_role = replica")  # triggers keep what holds and moves
                for table in ("hold", "transaction", "balance", "account"):
                    connection.run(f"DELETE FROM ledger.{table}")  # noqa: S608  # our own names

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


def _lock(connection: pg8000.native.Connection, row: str) -> None:
    connection.run(f"{row} FOR NO KEY UPDATE NOWAIT")


def _locked(connection: pg8000.native.Connection, row: str) -> bool:
    try:
        _lock(connection, row)
    except pg8000.native.DatabaseError as error:
        if error.args[0]["C"] != LOCK_NOT_AVAILABLE:
            raise
        return True
    return False


def _waits(connection: pg8000.native.Connection, pid: int) -> bool:
    return bool(connection.run("SELECT cardinality(pg_blocking_pids(:pid)) > 0", pid=pid) == [[True]])
