"""Code of the last release runs on this schema (expand, then contract): what it calls is there and answers as it did.

While a release is rolled out, the database is already new and the code still old. `released.json` keeps what the last
release relies on: the functions and columns open to its roles, and its calls with the shape of each answer. More may
come; what goes, goes one release after the code that needs it. At each release it is recorded anew:
`RECORD_RELEASED=1 .venv/bin/pytest tests/sql/test_released.py`.
"""

import json
import os
from pathlib import Path
from typing import Any

import pg8000.native
import pytest

from tests.sql.conversation import RATE, port_calls

FILE = Path(__file__).with_name("released.json")
# With the default values: a new argument that has one breaks nobody, so the arguments are compared one by one.
_FUNCTIONS = """
SELECT f.oid::regproc::text, coalesce((SELECT jsonb_agg(format_type(t, NULL) ORDER BY place)
           FROM unnest(f.proargtypes::oid[]) WITH ORDINALITY a (t, place)), '[]'), f.pronargdefaults,
       pg_get_function_result(f.oid)
  FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
 WHERE n.nspname !~ '^(pg_|information_schema|public$)' AND f.prorettype <> 'trigger'::regtype
   AND (has_function_privilege('app_rw', f.oid, 'EXECUTE') OR has_function_privilege('app_job', f.oid, 'EXECUTE'))
 ORDER BY 1
"""
# A domain reads as what it is made of.
_COLUMNS = """
SELECT c.oid::regclass::text, jsonb_object_agg(a.attname, CASE t.typtype
           WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
   AND n.nspname !~ '^(pg_|information_schema|public$)'
   AND (has_column_privilege('app_rw', c.oid, a.attnum, 'SELECT')
        OR has_column_privilege('app_job', c.oid, a.attnum, 'SELECT'))
 GROUP BY 1 ORDER BY 1
"""


@pytest.fixture(scope="module")
def released(schema: pg8000.native.Connection) -> dict[str, Any]:
    """What the last release relies on."""
    if "RECORD_RELEASED" in os.environ:
        calls = [{"function": function, "arguments": arguments} for function, arguments in port_calls()]
        shapes = replay(schema, calls)
        told = [{**call, "answer": shape} for call, shape in zip(calls, shapes, strict=True)]
        known = {"functions": functions(schema), "columns": columns(schema), "calls": told}
        FILE.write_text(json.dumps(known, indent=1) + "\n")
    kept: dict[str, Any] = json.loads(FILE.read_text())
    return kept


def functions(schema: pg8000.native.Connection) -> dict[str, Any]:
    rows = schema.run(_FUNCTIONS) or []
    return {name: {"arguments": arguments, "defaults": n, "result": result} for name, arguments, n, result in rows}


def columns(schema: pg8000.native.Connection) -> dict[str, Any]:
    return dict(schema.run(_COLUMNS) or [])


def replay(schema: pg8000.native.Connection, calls: list[dict[str, Any]]) -> list[Any]:
    """The shape of each answer, in a transaction that leaves nothing."""
    schema.run("BEGIN")
    try:
        schema.run(RATE)
        return [shape(_call(schema, call["function"], call["arguments"])) for call in calls]
    finally:
        schema.run("ROLLBACK")


def _call(schema: pg8000.native.Connection, function: str, arguments: list[Any]) -> Any:
    names = [f"a{place}" for place in range(len(arguments))]
    values = {name: json.dumps(a) if isinstance(a, dict) else a for name, a in zip(names, arguments, strict=True)}
    casts = [f"CAST(:{n} AS {_type(a)})" for n, a in zip(names, arguments, strict=True)]
    ((answer,),) = schema.run(f"SELECT {function}({', '.join(casts)})", **values) or []
    return answer


def _type(argument: Any) -> str:
    return {dict: "jsonb", str: "text", int: "integer"}[type(argument)]


def shape(answer: Any) -> Any:
    """Names and kinds; of a list the shape of each element. Words that code compares are kept."""
    if isinstance(answer, dict):
        return {name: value if name in ("code", "status", "kind") else shape(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [shape(each) for each in answer]
    if isinstance(answer, bool) or answer is None:
        return answer
    return "number" if isinstance(answer, int | float) else type(answer).__name__


# A number of the old type is one of the new, and the driver makes the same of both.
WIDER = {("smallint", "integer"), ("smallint", "bigint"), ("integer", "bigint")}


def fits(before: str, now: str | None) -> bool:
    """Whether who reads the old result by its names can read this one: a table may have more columns, at its end."""
    return now == before or (now is not None and before.startswith("TABLE(") and now.startswith(f"{before[:-1]}, "))


def missing(before: Any, now: Any, path: str = "answer") -> list[str]:
    """What was there before and is not now, or is something else."""
    if isinstance(before, dict) and isinstance(now, dict):
        gone = [f"{path}.{name}" for name in before if name not in now]
        return gone + [each for n in before if n in now for each in missing(before[n], now[n], f"{path}.{n}")]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        return [
            each for n, (a, b) in enumerate(zip(before, now, strict=True)) for each in missing(a, b, f"{path}[{n}]")
        ]
    return [] if before == now or (before, now) in WIDER else [f"{path}: {before} is now {now}"]


class TestTheLastRelease:
    def test_finds_its_functions(self, schema: pg8000.native.Connection, released: dict[str, Any]) -> None:
        found, gone = functions(schema), []
        for name, old in released["functions"].items():
            new = found.get(name, {"arguments": [], "defaults": 0, "result": None})
            needed = len(new["arguments"]) - new["defaults"]
            count = len(old["arguments"])
            same = new["arguments"][:count] == old["arguments"] and fits(old["result"], new["result"])
            if not same or needed > count - old["defaults"]:
                gone.append(f"{name}: {old} is now {found.get(name)}")
        assert not gone, "\n".join(gone)

    def test_reads_a_table_with_more_columns_and_no_other(self) -> None:
        before = "TABLE(a text, b text)"
        assert fits(before, "TABLE(a text, b text, c boolean)")
        for other in (None, "TABLE(a text)", "TABLE(a text, b text[])", "TABLE(c text, a text, b text)", "text"):
            assert not fits(before, other)
            assert not fits("jsonb", other)

    def test_finds_its_columns(self, schema: pg8000.native.Connection, released: dict[str, Any]) -> None:
        assert missing(released["columns"], columns(schema), "columns") == []

    def test_is_answered_as_before(self, schema: pg8000.native.Connection, released: dict[str, Any]) -> None:
        calls = released["calls"]
        assert {call["function"] for call in calls} >= {"ledger.post", "ledger.change_wallet", "ledger.make_quote"}
        for call, now in zip(calls, replay(schema, calls), strict=True):
            assert missing(call["answer"], now) == [], call

    def test_misses_what_is_gone(self, schema: pg8000.native.Connection, released: dict[str, Any]) -> None:
        calls = [call for call in released["calls"] if call["function"] == "ledger.open_wallet"]
        assert missing({"transaction": {"legs": [{"amount": "number"}]}}, {"transaction": {"legs": [{}]}}) == [
            "answer.transaction.legs[0].amount"
        ]
        schema.run("BEGIN")
        try:
            schema.run("DROP FUNCTION ledger.open_wallet")
            with pytest.raises(pg8000.native.DatabaseError, match=r"open_wallet"):
                _call(schema, calls[0]["function"], calls[0]["arguments"])
        finally:
            schema.run("ROLLBACK")
