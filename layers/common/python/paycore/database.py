"""PostgreSQL: one engine per environment, one way to commit."""

import math
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, TypeVar, cast

import pg8000.dbapi
from sqlalchemy import Connection, Engine, Row, create_engine, event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from paycore import aws, one_sync, settings
from paycore.database_trouble import classify, sqlstate
from paycore.errors import Busy
from paycore.settings import DatabaseSettings

# Use cases that pass a connection or a row on take the types from here: SQLAlchemy is a store's tool.
__all__ = [
    "SNAPSHOT", "SNAPSHOT_READ_ONLY", "Connection", "Row", "commit_soon", "database_check", "engine", "one_statement",
    "transaction",
]  # fmt: skip

_BROKEN_AT_ONCE_S = 0.3
# A little longer than ledger.extend_statement_time allows.
_LONG_S = 4.3
# What takes an instant is committed or gone after so long; the past has settled after five seconds (decision 15).
COMMITS_WITHIN_S = 4.5
_COMMIT_BY = "commit by"  # in the connection's `info`
# RDS Proxy closes idle clients after 30 minutes; a frozen environment cannot notice.
_CONNECTION_LIFE_S = 600

# For who must see one moment: every statement sees what the first one saw.
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ"
SNAPSHOT_READ_ONLY = f"{SNAPSHOT} READ ONLY"

T = TypeVar("T")


@cache
def engine() -> Engine:
    """The engine of this environment: one connection, since an environment serves one request at a time.

    AUTOCOMMIT is pg8000's own switch and sends nothing; `transaction` says BEGIN itself, which also finds out whether
    the connection still lives: a ping would cost every request a round trip.
    """
    made = create_engine(
        "postgresql+pg8000://",
        creator=_connect,
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=0,
        pool_timeout=2,
        pool_recycle=_CONNECTION_LIFE_S,
        hide_parameters=True,
    )
    event.listen(made, "handle_error", _distrust_connection)
    return made


@contextmanager
def transaction(begin: str = "BEGIN", *, long: bool = False) -> Iterator[Connection]:
    """The one place that commits: at the end of the block, or rolls back when it raises.

    Its statements may take four seconds where it is `long`, else as long as the role's time-out says.
    Raises Busy or Unavailable for operational trouble; a bug passes through as it is.
    """
    with _trouble_refused(), _again_if_broken(lambda: _begin(begin)) as connection:
        with _patience(connection) if long else nullcontext():
            yield connection
        if time.monotonic() > connection.info[_COMMIT_BY]:
            raise Busy
        connection.exec_driver_sql("COMMIT")  # without it the pool rolls back


def commit_soon(connection: Connection) -> None:
    """From now on this transaction commits within COMMITS_WITHIN_S, or not at all: `transaction` raises Busy then.

    For what takes an instant that others rely on: whoever asks for the past may trust that it is complete.
    """
    connection.info[_COMMIT_BY] = min(connection.info.get(_COMMIT_BY, math.inf), time.monotonic() + COMMITS_WITHIN_S)


def one_statement(work: Callable[[Connection], T]) -> T:
    """What `work` answers, which makes ONE statement on its connection: a commit of its own, in one round trip.

    It runs twice where the connection turns out to be broken: for reads, and for calls that an idempotency key
    protects. Raises as `transaction` does.
    """

    def ask() -> T:
        with engine().connect() as connection:
            return work(connection)

    with _trouble_refused():
        return _again_if_broken(ask)


def _begin(begin: str) -> Connection:
    connection = engine().connect()
    try:
        connection.info[_COMMIT_BY] = math.inf
        connection.exec_driver_sql(begin)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _patience(connection: Connection) -> Iterator[None]:
    """The server gives the statements of this transaction more time, and the socket waits a little longer than that.

    A function does it: RDS Proxy would pin the connection for a SET, although this one ends with the transaction.
    """
    connection.exec_driver_sql("SELECT ledger.extend_statement_time()")
    driver = cast(one_sync.Connection, connection.connection.driver_connection)
    with driver.waiting_s(_LONG_S):
        yield


def _again_if_broken(attempt: Callable[[], T]) -> T:
    """The pooled connection may have died while it idled. That shows at once; what takes longer is no stale connection
    but a server in trouble, and a second wait would pass the 3 s that we promise.
    """
    started = time.monotonic()
    try:
        return attempt()
    except (DBAPIError, OSError) as trouble:
        broken = isinstance(trouble, OSError) or trouble.connection_invalidated
        if not broken or time.monotonic() - started > _BROKEN_AT_ONCE_S:
            raise
        return attempt()


@contextmanager
def _trouble_refused() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, pg8000.dbapi.Error, OSError) as trouble:
        refusal = classify(trouble)
        if refusal is None:
            raise
        raise refusal from trouble


def _connect() -> Any:
    """A verified TLS connection with a fresh credential. pg8000 verifies nothing unless given a context."""
    own = settings.read(DatabaseSettings)
    return one_sync.Connection(
        user=own.database_user,
        password=_credential(own),
        host=own.database_host,
        port=own.database_port,
        database=own.database_name,
        ssl_context=ssl.create_default_context(cafile=own.database_ca_file or None),
        timeout=own.database_timeout_ms / 1000,
    )


def _credential(own: DatabaseSettings) -> str:
    if own.database_authentication == "iam":
        # Signed locally, valid 15 minutes, needed only to connect.
        token: str = aws.client("rds").generate_db_auth_token(
            DBHostname=own.database_host, Port=own.database_port, DBUsername=own.database_user
        )
        return token
    return aws.secret(own.database_secret)["password"]


def _distrust_connection(context: ExceptionContext) -> None:
    """An error that is not the driver's own leaves pg8000 between two messages: the connection must not be reused.

    One lone surrogate in a text is enough: its encoding fails after Parse was sent, and the next request would
    read the answers of this one.
    """
    if not isinstance(context.original_exception, pg8000.dbapi.Error) or sqlstate(
        context.original_exception
    ).startswith(("25006", "57P0", "08")):
        context.is_disconnect = True


def database_check() -> None:
    """One trivial question; raises Unavailable."""
    one_statement(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one())
