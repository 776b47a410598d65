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

SEED = (
    f"""
    INSERT INTO ledger.account (id, owner_id, kind, currency, stripes)
    SELECT 'wal_' || lpad(n::text, 26, '0'), 'usr_' || lpad(n::text, 26, '0'), 'wallet', 'EUR',
           CASE WHEN n = {STRIPED} THEN 16 ELSE 1 END FROM generate_series(1, {STRIPED}) n
    """,  # noqa: S608  # our own numbers
    f"""
    INSERT INTO ledger.balance (account_id, stripe, posted_minor)
    SELECT a.id, s, CASE WHEN s = 0 THEN {FUNDS} ELSE 0 END FROM ledger.account a, generate_series(0, a.stripes - 1) s
    """,  # noqa: S608  # as above
    "VACUUM ANALYZE ledger.account, ledger.balance",
)
# The baseline's accounts are the same wallets.
SEED_ORM = (
    f"""
    INSERT INTO {SCHEMA}.account (id, owner_id, currency, state, balance, version)
    SELECT a.id, a.owner_id, a.currency, 'active', {FUNDS}, 1 FROM ledger.account a
    """,  # noqa: S608  # as above
    f"GRANT USAGE ON SCHEMA {SCHEMA} TO app_rw",
    f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {SCHEMA} TO app_rw",
    f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO app_rw",
    f"VACUUM ANALYZE {SCHEMA}.account",
)


def wallet_id(number: int) -> str:
    """The wallet of that number, from 1 to ACCOUNTS."""
    return f"wal_{number:026}"


def owner_id(number: int) -> str:
    """Who owns it."""
    return f"usr_{number:026}"


@contextmanager
def empty_database(configuration: Configuration, name: str, *, schema: bool = True) -> Iterator[None]:
    """A database with our schema, or without, and nothing in it; it goes afterwards."""
    run_sql(configuration, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    try:
        if schema:
            _copy_schema(configuration, name)
        yield
    finally:
        run_sql(configuration, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def bench_database(configuration: Configuration) -> Iterator[pg8000.native.Connection]:
    """A connection to the filled database as its superuser; the database goes afterwards."""
    with empty_database(configuration, BENCH):
        run_sql(configuration, BENCH, *SEED)
        run_sql(configuration, BENCH, *_baseline())
        password = superuser_password(configuration)
        connection = connect(configuration, configuration.ports.postgres, SUPERUSER, password, BENCH)
        yield connection
        connection.close()


def run_sql(configuration: Configuration, database: str, *statements: str) -> None:
    """Runs statements one by one as the superuser, however long they take."""
    run_psql(configuration, database, *(part for each in statements for part in ("-c", each)))


def run_psql(configuration: Configuration, database: str, *arguments: str, user: str = SUPERUSER) -> str:
    """What psql prints, unaligned; ends the benchmark where it fails."""
    command = ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments, database]
    run = subprocess.run(
        command, env=variables(configuration, user), capture_output=True, text=True, check=False, timeout=1200
    )
    if run.returncode:
        raise SystemExit(run.stderr[-2000:])
    return run.stdout


def _baseline() -> Iterator[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    yield f"CREATE SCHEMA {SCHEMA}"
    for table in Base.metadata.sorted_tables:
        yield str(CreateTable(table).compile(dialect=dialect))
        yield from (str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    yield from SEED_ORM


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


def _copy_schema(configuration: Configuration, name: str) -> None:
    own = variables(configuration, SUPERUSER)
    command = [program("pg_dump"), "--schema-only", DATABASE]
    dump = subprocess.run(command, env=own, capture_output=True, check=True, timeout=60)
    command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, name]
    subprocess.run(command, env=own, input=dump.stdout, check=True, timeout=60)
