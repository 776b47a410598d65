"""The driver under one Sync: nobody gets another client's answer behind a pooler, and errors leave it usable."""

import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import Any

import pg8000.dbapi
import pytest
from sqlalchemy import create_engine, text

from local.configuration import HOST, Configuration
from local.secrets import database_logins
from local.services.pgbouncer import USER, PgBouncer
from local.services.postgres import DATABASE
from paycore import one_sync
from tests.local_system import free_port

STATEMENTS = 500  # of each client: of so many, stock pg8000 gets about half wrong

Connect = Callable[[], Any]


class SingleConnectionPooler(PgBouncer):
    """A PgBouncer in transaction mode that has one server connection for all its clients."""

    name = "pooler-of-one"

    def prepare(self) -> None:
        super().prepare()
        settings = self.settings.read_text()
        assert "default_pool_size = 20" in settings
        self.settings.write_text(settings.replace("default_pool_size = 20", "default_pool_size = 1"))

    def connect(self, kind: type[Any]) -> Any:
        """A client in AUTOCOMMIT."""
        connection = kind(
            USER,
            host=HOST,
            port=self.configuration.ports.pgbouncer,
            database=DATABASE,
            password=database_logins(self.configuration)[USER],
            ssl_context=ssl.create_default_context(cafile=str(self.configuration.ca_file)),
        )
        connection.autocommit = True
        return connection


@pytest.fixture(scope="module")
def pooler(platform: Configuration) -> Iterator[SingleConnectionPooler]:
    made = SingleConnectionPooler(replace(platform, ports=replace(platform.ports, pgbouncer=free_port())))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def connection(pooler: SingleConnectionPooler) -> Iterator[Any]:
    made = pooler.connect(one_sync.Connection)
    yield made
    made.close()


def _foreign_answers(connect: Connect) -> int:
    """How many answers of two clients at once, each with a statement of its own, were not theirs."""

    def client(statement: str, expected: Callable[[int], int]) -> int:
        connection = connect()
        foreign = 0
        for number in range(STATEMENTS):
            cursor = connection.cursor()
            try:
                cursor.execute(statement, (number,))
                foreign += cursor.fetchall() != ([expected(number)],)
            except (pg8000.dbapi.Error, IndexError, TypeError):  # an answer of another shape breaks the driver
                foreign += 1
        connection.close()
        return foreign

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(client, "SELECT CAST(%s AS integer) + 1", lambda number: number + 1)
        other = pool.submit(client, "SELECT CAST(%s AS integer) * 1000 + 7", lambda number: number * 1000 + 7)
        return one.result() + other.result()


class TestPooler:
    def test_gives_everybody_their_own_answers(self, pooler: SingleConnectionPooler) -> None:
        assert _foreign_answers(partial(pooler.connect, one_sync.Connection)) == 0

    def test_without_the_module_it_would_not(self, pooler: SingleConnectionPooler) -> None:
        assert _foreign_answers(partial(pooler.connect, pg8000.dbapi.Connection)) > 0


class TestConnection:
    def test_overrides_the_version_it_was_written_against(self) -> None:
        assert version("pg8000") == one_sync.WRITTEN_AGAINST

    @pytest.mark.parametrize(
        ("statement", "values", "rows"),
        [
            ("SELECT 1", (), ([1],)),
            ("SELECT %s, %s, %s", ("a", None, "ä€😀"), (["a", None, "ä€😀"],)),
            ("SELECT CAST(%s AS bytea)", (b"\x00\xff",), ([b"\x00\xff"],)),
            ("SELECT CAST(%s AS jsonb)", ('{"a": [1]}',), ([{"a": [1]}],)),
            ("SELECT x FROM generate_series(1, CAST(%s AS integer)) AS x WHERE x < 0", (3,), ()),
        ],
    )
    def test_answers(self, connection: Any, statement: str, values: tuple[object, ...], rows: object) -> None:
        cursor = connection.cursor()
        cursor.execute(statement, values)
        assert cursor.fetchall() == rows

    @pytest.mark.parametrize(
        ("statement", "value"),
        [("SELEC %s", 1), ("SELECT 1 / CAST(%s AS integer)", 0), ("SELECT CAST(%s AS integer)", "x")],
        ids=["in Parse", "in Execute", "in Bind"],
    )
    def test_goes_on_after_an_error(self, connection: Any, statement: str, value: object) -> None:
        with pytest.raises(pg8000.dbapi.DatabaseError):
            connection.cursor().execute(statement, (value,))
        self.test_answers(connection, "SELECT 1", (), ([1],))

    def test_goes_on_after_text_that_has_no_encoding(self, connection: Any) -> None:
        with pytest.raises(UnicodeEncodeError):
            connection.cursor().execute("SELECT %s", ("\ud800",))
        self.test_answers(connection, "SELECT %s", ("a",), (["a"],))

    def test_sends_no_set_for_autocommit(self, pooler: SingleConnectionPooler) -> None:
        """A SET would pin the connection of RDS Proxy."""
        sent: list[str] = []

        class Recorded(one_sync.Connection):
            def execute_simple(self, statement: str) -> Any:
                sent.append(statement)
                return super().execute_simple(statement)

            def execute_unnamed(self, statement: str, *args: Any, **options: Any) -> Any:
                sent.append(statement)
                return super().execute_unnamed(statement, *args, **options)

        engine = create_engine(
            "postgresql+pg8000://", creator=lambda: pooler.connect(Recorded), isolation_level="AUTOCOMMIT"
        )
        for _ in range(2):
            with engine.connect() as connection:
                assert connection.execute(text("SELECT CAST(:x AS integer)"), {"x": 1}).scalar_one() == 1
        engine.dispose()
        assert sent[-2:] == ["SELECT CAST($1 AS integer)"] * 2, "one statement, and nothing about transactions"
        assert not [statement for statement in sent if statement.upper().startswith("SET")]
