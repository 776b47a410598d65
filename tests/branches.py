"""Which branches of the SQL functions the tests reached; with SQL_BRANCHES set, a run fails for the others.

SQL_BRANCHES names a file that keeps what was reached, so the suite may run in parts: those before the last one fail.
A statement that has changed since is not reached any more.

plpgsql_check's profiler counts every statement of every function, in each of the run's databases. A branch that was
never taken is a statement that never ran below one that did. The profiler must be loaded when PostgreSQL starts, so
the server is started again with it: that, and a cost in every call, is why it is not part of each run.

Functions in language SQL have no statements of their own to count, and an IF without ELSE counts as reached whether
or not it was ever false.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from local import up
from local.configuration import Configuration
from local.secrets import superuser_password
from local.services.postgres import DATABASE, SUPERUSER, Postgres, connect

_FILE = Path(os.environ.get("SQL_BRANCHES", os.devnull))
WATCHED = "SQL_BRANCHES" in os.environ
_ON = (
    "LOAD 'plpgsql_check'",
    "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements', 'plpgsql_check'",
    "ALTER SYSTEM SET plpgsql_check.profiler = on",
)
_OFF = ("ALTER SYSTEM RESET shared_preload_libraries", "ALTER SYSTEM RESET plpgsql_check.profiler")
_STATEMENTS = """
SELECT f.oid::regproc::text, s.stmtid, s.parent_stmtid, s.exec_stmts > 0,
       concat_ws(' ', s.parent_stmtid, s.parent_note),
       trim((string_to_array(f.prosrc, E'\\n'))[s.lineno])
  FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang AND l.lanname = 'plpgsql',
       LATERAL plpgsql_profiler_function_statements_tb(f.oid) s
"""
# Function and line, with the reason why no test takes it there.
UNREACHED: dict[tuple[str, str], str] = {}


@dataclass
class _Statement:
    """One statement of a function, over all databases."""

    parent: int | None
    branch: str  # what it shares with the statements before and after it
    line: str
    reached: bool = False


@dataclass
class _Seen:
    """What the databases told so far, by function and number of the statement."""

    statements: dict[tuple[str, int], _Statement] = field(default_factory=dict)


_seen = _Seen()


def watch(platform: Configuration) -> None:
    """Starts the servers, and PostgreSQL again with the profiler, if this run is watched."""
    if WATCHED:
        up.start(platform, servers_only=True)
        _set(platform, _ON)
        server = Postgres(platform)
        server.stop()
        server.start()


def collect(platform: Configuration, database: str) -> None:
    """Adds what was reached in the database, which may be gone a moment later."""
    if not WATCHED:
        return
    connection = connect(platform, platform.ports.postgres, SUPERUSER, superuser_password(platform), database)
    try:
        connection.run("CREATE EXTENSION IF NOT EXISTS plpgsql_check")
        for function, number, parent, reached, branch, line in connection.run(_STATEMENTS) or []:
            known = _seen.statements.setdefault((function, number), _Statement(parent, branch, line))
            known.reached = known.reached or reached
    finally:
        connection.close()


def expect_every_branch(platform: Configuration) -> None:
    """At the end of the run: what was not reached is exactly what UNREACHED says."""
    if not WATCHED:
        return
    collect(platform, DATABASE)
    _set(platform, _OFF)
    statements = _seen.statements
    assert any(each.reached for each in statements.values()), "the profiler has counted nothing"
    _add_earlier_runs(statements)
    # Of a branch the first statement alone: what follows an unreached one is not reached, either.
    first: dict[tuple[str, str], tuple[str, _Statement]] = {}
    for (function, _), each in sorted(statements.items(), key=lambda item: item[0]):
        if not each.reached and (each.parent is None or statements[function, each.parent].reached):
            first.setdefault((function, each.branch), (function, each))
    unreached = {(function, each.line) for function, each in first.values()}
    print(f"{len(statements)} statements, {sum(each.reached for each in statements.values())} reached")
    told = "\n".join(f"{function}: {line}" for function, line in sorted(unreached ^ set(UNREACHED)))
    assert unreached == set(UNREACHED), f"reached or not, other than tests/branches.py says:\n{told}"


def _add_earlier_runs(statements: dict[tuple[str, int], _Statement]) -> None:
    """Adds what the file has, and writes it anew."""
    earlier = {tuple(name) for name in json.loads(_FILE.read_text(encoding="utf-8"))} if _FILE.exists() else set()
    for place, each in statements.items():
        each.reached = each.reached or (*place, each.branch, each.line) in earlier
    reached = [(*place, each.branch, each.line) for place, each in statements.items() if each.reached]
    _FILE.parent.mkdir(parents=True, exist_ok=True)
    _FILE.write_text(json.dumps(reached), encoding="utf-8")


def _set(platform: Configuration, statements: tuple[str, ...]) -> None:
    password = superuser_password(platform)
    connection = connect(platform, platform.ports.postgres, SUPERUSER, password, "postgres")
    try:
        for statement in statements:
            connection.run(statement)
    finally:
        connection.close()
