"""A database of its own for the benchmark, beside the running system's: the same schema, filled with accounts."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pg8000.native
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from bench.ledger.orm import SCHEMA, Base
from local.configuration import HOST, Configuration
from local.secrets import database_logins, superuser_password
from local.services.postgres import DATABASE, PROGRAMS, SUPERUSER, connect

BENCH = "paycore_bench"
ACCOUNTS = 10_000
HOT, STRIPED = ACCOUNTS + 1, ACCOUNTS + 2  # wallets that everybody pays: one row, and sixteen
FUNDS = 10**12

SEED = f"""
INSERT INTO ledger.account (id, owner_id, kind, currency, stripes)
SELECT 'wal_' || lpad(n::text, 26, '0'), 'usr_' || lpad(n::text, 26, '0'), 'wallet', 'EUR',
       CASE WHEN n = {STRIPED} THEN 16 ELSE 1 END FROM generate_series(1, {STRIPED}) n;
INSERT INTO ledger.balance (account_id, stripe, posted_minor)
SELECT a.id, s, CASE WHEN s = 0 THEN {FUNDS} ELSE 0 END FROM ledger.account a, generate_series(0, a.stripes - 1) s;
VACUUM ANALYZE ledger.account;
VACUUM ANALYZE ledger.balance;
"""  # noqa: S608  # our own numbers
# The baseline's accounts are the same wallets.
SEED_ORM = f"""
INSERT INTO {SCHEMA}.account (id, owner_id, currency, state, balance, version)
SELECT a.id, a.owner_id, a.currency, 'active', {FUNDS}, 1 FROM ledger.account a;
GRANT USAGE ON SCHEMA {SCHEMA} TO app_rw;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {SCHEMA} TO app_rw;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO app_rw;
VACUUM ANALYZE {SCHEMA}.account;
"""  # noqa: S608  # our own numbers


def wallet_id(number: int) -> str:
    """The wallet of that number, from 1 to ACCOUNTS."""
    return f"wal_{number:026}"


def owner_id(number: int) -> str:
    """Who owns it."""
    return f"usr_{number:026}"


@contextmanager
def bench_database(configuration: Configuration) -> Iterator[pg8000.native.Connection]:
    """A connection to the filled database as its superuser; the database goes afterwards."""
    password = superuser_password(configuration)
    cluster = connect(configuration, configuration.ports.postgres, SUPERUSER, password, "postgres")
    cluster.run(f"DROP DATABASE IF EXISTS {BENCH} WITH (FORCE)")
    cluster.run(f"CREATE DATABASE {BENCH}")
    try:
        _copy_schema(configuration)
        connection = connect(configuration, configuration.ports.postgres, SUPERUSER, password, BENCH)
        for statement in filter(str.strip, SEED.split(";")):
            connection.run(statement)
        _make_baseline(connection)
        yield connection
        connection.close()
    finally:
        cluster.run(f"DROP DATABASE IF EXISTS {BENCH} WITH (FORCE)")
        cluster.close()


def _make_baseline(connection: pg8000.native.Connection) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    connection.run(f"CREATE SCHEMA {SCHEMA}")
    for table in Base.metadata.sorted_tables:
        connection.run(str(CreateTable(table).compile(dialect=dialect)))
        for index in table.indexes:
            connection.run(str(CreateIndex(index).compile(dialect=dialect)))
    for statement in filter(str.strip, SEED_ORM.split(";")):
        connection.run(statement)


def variables(configuration: Configuration, user: str) -> dict[str, str]:
    """How PostgreSQL's own programs sign in: TLS that is verified, a password that stands in no command line."""
    logins = {SUPERUSER: superuser_password(configuration), **database_logins(configuration)}
    return {
        "PATH": os.environ["PATH"],
        "PGHOST": HOST,
        "PGPORT": str(configuration.ports.postgres),
        "PGUSER": user,
        "PGPASSWORD": logins[user],
        "PGSSLMODE": "verify-ca",
        "PGSSLROOTCERT": str(configuration.ca_file),
    }


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    return str(Path(PROGRAMS) / name)


def _copy_schema(configuration: Configuration) -> None:
    own = variables(configuration, SUPERUSER)
    dump = subprocess.run(
        [program("pg_dump"), "--schema-only", DATABASE], env=own, capture_output=True, check=True, timeout=60
    )
    subprocess.run(
        ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, BENCH],
        env=own,
        input=dump.stdout,
        check=True,
        timeout=60,
    )
