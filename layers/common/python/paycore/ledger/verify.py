"""Recomputes the ledger from its entries, in one snapshot: `python -m paycore.ledger.verify` prints what is broken.

The SQL functions `ledger.verify_*` do the work in parts that end within a statement's time: sections of balance rows,
long books piece by piece, runs of transactions, months of entries. Holds, keys, external ids and quotes are one part
each. Whoever signs in needs the rights of `app_job`.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text

from paycore import clock
from paycore.database import SNAPSHOT_READ_ONLY, transaction

# A part takes a second or two: far below the 30 s that a statement of a job may take.
ENTRIES_PER_PART = 100_000
TRANSACTIONS_PER_PART = 50_000
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)
# A result is for people: a ledger that is broken throughout needs no complete list.
VIOLATIONS_MAX = 1_000

_SECTION = (
    "ROW(CAST(:after_account AS text), CAST(:after_stripe AS smallint), :upto_account, :upto_stripe)::ledger.section"
)
_INSTANTS = "CAST(:after_at AS timestamptz), CAST(:upto_at AS timestamptz)"
_BALANCES = f"SELECT * FROM ledger.verify_balances({_SECTION}, :whole)"  # noqa: S608  # our own names
_BOOKS = tuple(
    f"SELECT * FROM ledger.{name}({_SECTION}, :whole, {_INSTANTS})"  # noqa: S608  # our own names
    for name in ("verify_books", "verify_entries")
)
# Checkpoints are of stripes: from there on a wallet's stripes do not tell all of a movement between them.
_GATHERINGS = f"SELECT * FROM ledger.verify_gatherings({_SECTION}, {_INSTANTS})"  # noqa: S608  # as above
_RUNS = tuple(
    f"SELECT * FROM ledger.{name}(CAST(:after_id AS text), :upto_id)"  # noqa: S608  # our own names
    for name in ("verify_transactions", "verify_sides", "verify_once", "verify_statuses")
)
# What a verification of the new transactions alone would not look at, and yet has changed.
_ORIGINALS = "SELECT * FROM ledger.verify_originals(CAST(:after_id AS text), :upto_id)"
_EXPIRED = "SELECT * FROM ledger.verify_expired(CAST(:since AS timestamptz))"
_MONTH = "SELECT * FROM ledger.verify_month(CAST(:begin_at AS timestamptz), CAST(:end_at AS timestamptz))"
_ACCOUNTS = "SELECT * FROM ledger.verify_accounts()"
_REST = tuple(
    f"SELECT * FROM ledger.{name}()"  # noqa: S608  # our own names
    for name in (
        "verify_holds",
        "verify_keys",
        "verify_external_ids",
        "verify_quotes",
        "verify_spending",
        "verify_sums",
    )
)

_SECTIONS = text("SELECT * FROM ledger.verify_sections(:whole, :entries_max)")
_CUT = text(f"SELECT ledger.rfc3339(ledger.next_cut({_SECTION}, :whole, CAST(:after_at AS timestamptz), :entries_max))")
_COUNT = text(f"SELECT * FROM ledger.count_books({_SECTION}, :whole, {_INSTANTS})")  # noqa: S608  # as above
_FIRST_ID = text("SELECT ledger.first_id('tx', CAST(:since AS timestamptz))")
_RUN_END = text("SELECT id FROM ledger.transaction WHERE id > :after_id ORDER BY id OFFSET :more LIMIT 1")
_LAST_ID = text("SELECT max(id) FROM ledger.transaction")
_MONTHS = text(
    "SELECT ledger.rfc3339(m AT TIME ZONE 'UTC') AS begin_at, "
    "       ledger.rfc3339((m + interval '1 month') AT TIME ZONE 'UTC') AS end_at "
    "  FROM (SELECT min(posted_at) AS first, max(posted_at) AS last FROM ledger.entry) e, "
    "       generate_series(date_trunc('month', e.first AT TIME ZONE 'UTC'), e.last AT TIME ZONE 'UTC', "
    "                       interval '1 month') m"
)


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken invariant with the least that shows it: a balance row, a transaction, or neither (a sum)."""

    invariant: str
    account_id: str | None
    stripe: int | None
    transaction_id: str | None
    expected: str | None
    found: str | None

    def __str__(self) -> str:
        where = " ".join(str(part) for part in (self.account_id, self.stripe, self.transaction_id) if part is not None)
        return f"{self.invariant}: {where or 'the whole ledger'}: expected {self.expected}, found {self.found}"

    def body(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return asdict(self)


@dataclass(frozen=True)
class Part:
    """One question to the ledger."""

    statement: str
    values: dict[str, Any] = field(default_factory=dict)

    def violations(self, connection: Connection) -> list[Violation]:
        """What is broken here."""
        return [Violation(*row) for row in connection.execute(text(self.statement), self.values)]


@dataclass
class Findings:
    """What one snapshot shows; `broken` are the parts with violations, for a second look at exactly those."""

    entries: int = 0
    wallets: int = 0
    violations: list[Violation] = field(default_factory=list)
    broken: list[Part] = field(default_factory=list)

    def look(self, connection: Connection, part: Part) -> None:
        """Adds what is broken in a part."""
        if found := part.violations(connection):
            self.violations.extend(found)
            self.broken.append(part)


def verify_whole(connection: Connection) -> Findings:
    """Everything, from the first entry."""
    findings = Findings()
    verify_books(connection, findings, sections(connection, whole=True))
    _verify_runs(connection, findings, "", _RUNS)
    for month in connection.execute(_MONTHS).all():
        findings.look(connection, Part(_MONTH, dict(month._mapping)))
    for statement in (_ACCOUNTS, *_REST):
        findings.look(connection, Part(statement))
    return findings


def verify_recent(connection: Connection, opened: list[dict[str, Any]], since: datetime | None) -> Findings:
    """The balance rows of the `opened` sections from their checkpoints on, and the transactions that were made after
    `since` (None: all) or whose status has changed since.
    """
    findings = Findings()
    verify_books(connection, findings, opened)
    begin = {"since": clock.timestamp(since or _BEFORE_ALL)}
    after_id = connection.execute(_FIRST_ID, begin).scalar_one()
    _verify_runs(connection, findings, after_id, (*_RUNS, _ORIGINALS))
    findings.look(connection, Part(_EXPIRED, begin))
    findings.look(connection, Part(_ACCOUNTS))
    return findings


def sections(connection: Connection, *, whole: bool) -> list[dict[str, Any]]:
    """The parts of the balance rows: of all, or of those that have changed since their checkpoints."""
    rows = connection.execute(_SECTIONS, {"whole": whole, "entries_max": ENTRIES_PER_PART}).all()
    return [{**row._mapping, "whole": whole} for row in rows]


def verify_books(connection: Connection, findings: Findings, opened: list[dict[str, Any]]) -> None:
    """The entries and balances of these sections."""
    for section in opened:
        findings.look(connection, Part(_BALANCES, section))
        for piece in pieces(connection, section):
            for statement in (*_BOOKS, _GATHERINGS) if section["whole"] else _BOOKS:
                findings.look(connection, Part(statement, piece))
            count = connection.execute(_COUNT, piece).one()
            findings.entries += count.entries
            findings.wallets += count.wallets


def pieces(connection: Connection, section: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The section from instant to instant: in one piece, but for a book that is too long for one statement."""
    after_at: str | None = "-infinity"
    while after_at is not None:
        piece = {**section, "after_at": after_at}
        after_at = connection.execute(_CUT, {**piece, "entries_max": ENTRIES_PER_PART}).scalar_one()
        yield {**piece, "upto_at": after_at or "infinity"}


def _verify_runs(connection: Connection, findings: Findings, after_id: str, statements: tuple[str, ...]) -> None:
    for run in _runs(connection, after_id):
        for statement in statements:
            findings.look(connection, Part(statement, run))


def _runs(connection: Connection, after_id: str) -> Iterator[dict[str, str]]:
    last = connection.execute(_LAST_ID).scalar_one()
    while last is not None and after_id < last:
        values = {"after_id": after_id, "more": TRANSACTIONS_PER_PART - 1}
        upto_id = connection.execute(_RUN_END, values).scalar_one_or_none() or last
        yield {"after_id": after_id, "upto_id": upto_id}
        after_id = upto_id


def main() -> int:
    """Prints every violation and what was looked at; 1 if anything is broken."""
    with transaction(SNAPSHOT_READ_ONLY) as connection:
        findings = verify_whole(connection)
    for violation in findings.violations:
        print(violation)  # noqa: T201  # the answer of a command
    print(f"{findings.entries} entries, {findings.wallets} wallets, {len(findings.violations)} violations")  # noqa: T201
    return 1 if findings.violations else 0


if __name__ == "__main__":
    sys.exit(main())
