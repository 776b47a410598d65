"""Verification of a book that is long: no statement reads more of it than its part, and nothing is missed in between."""

from typing import Any

import pytest
from sqlalchemy import Connection, text

from functions.transaction.verification import verify_ledger
from functions.transaction.verification.read_verification import read_verification
from paycore.database import SNAPSHOT_READ_ONLY, transaction
from paycore.ledger import verify
from tests.integration.corruptions import CORRUPTIONS
from tests.integration.ledger_desk import LedgerDesk

PART = 500
# 5,000 entries without transactions, which are none of these tests' business.
ENTRIES = (
    "INSERT INTO ledger.entry (transaction_id, account_id, version, amount_minor, currency, balance_after, posted_at) "
    "SELECT 'tx_long', b.account_id, b.version + n, 1, 'EUR', b.posted_minor + n, b.posted_at + n * interval '10 us' "
    "  FROM ledger.balance b, generate_series(1, 5000) n WHERE b.account_id = '{anna}'"
)
ROW = (
    "UPDATE ledger.balance SET version = version + 5000, posted_minor = posted_minor + 5000, "
    "posted_at = posted_at + 5000 * interval '10 us' WHERE account_id = '{anna}'"
)
LONG_BOOK = (ENTRIES, ROW, "ANALYZE ledger.entry")
CHECKPOINTS = (
    "INSERT INTO ledger.checkpoint SELECT account_id, stripe, version, posted_minor, posted_at, "
    "clock_timestamp() - interval '5 min' FROM ledger.balance"
)
ROWS_READ = text(
    "SELECT sum(seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables "
    " WHERE schemaname = 'ledger' AND relname ~ '^entry'"
)
# Those of the index, too, which has a hundred for the whole book.
PAGES_READ = text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {verify._COUNT.text}")
OF_BOOKS = {
    "balance_after", "version_order", "time_order", "entry_currency", "posted", "row_behind_entries", "held", "floor",
    "gathering", "entry_without_transaction", "entry_without_leg",
}  # fmt: skip
# What stands out of order is noticed by the next piece, which begins after its version.
SEEN_FROM_THE_NEXT_PIECE = {"time_order": "version_order"}


def rows_read(connection: Connection) -> int:
    """How many entries this transaction has read so far, those that it did not need included."""
    return int(connection.execute(ROWS_READ).scalar_one())


def section_of(connection: Connection, wallet_id: str) -> dict[str, Any]:
    """The section with this wallet."""
    found = verify.sections(connection, whole=True)
    return next(each for each in found if each["after_account"] < wallet_id <= each["upto_account"])


class TestWhatIsNew:
    def test_is_all_that_is_read_of_a_long_book(self, ledger_desk: LedgerDesk) -> None:
        ledger_desk.corrupt(*LONG_BOOK)
        ledger_desk.sql(CHECKPOINTS)
        ((since,),) = ledger_desk.sql("SELECT clock_timestamp()")
        ledger_desk.transfer("anna", "ben", 10)
        with transaction(SNAPSHOT_READ_ONLY) as connection:
            findings = verify.verify_recent(connection, verify.sections(connection, whole=False), since)
            assert rows_read(connection) < 50
            (section,) = verify.sections(connection, whole=False)
            opened = {**section, "after_at": "-infinity", "upto_at": "infinity"}
            for _ in range(2):  # the first plans, which reads, too
                plan = connection.execute(PAGES_READ, opened).scalar_one()[0]["Plan"]
            assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 60
        assert (findings.entries, findings.wallets, findings.violations) == (2, 2, [])


class TestLongBook:
    def test_is_read_in_pieces(self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(verify, "ENTRIES_PER_PART", PART)
        ledger_desk.corrupt(*LONG_BOOK)
        with transaction(SNAPSHOT_READ_ONLY) as connection:
            section = section_of(connection, ledger_desk.names["anna"])
            known, reads, entries = 0, [], 0
            for piece in verify.pieces(connection, section):
                for statement in (*verify._BOOKS, verify._GATHERINGS):
                    connection.execute(text(statement), piece)
                    reads.append(rows_read(connection) - known)
                    known += reads[-1]
                entries += connection.execute(verify._COUNT, piece).one().entries
        book = "SELECT count(*) FROM ledger.entry WHERE account_id = :id"
        assert [[entries]] == ledger_desk.sql(book, id=ledger_desk.names["anna"])
        assert entries > 10 * PART
        # The first statement of a piece follows the count of the one before and the look for the cut.
        assert PART <= max(reads) <= 3 * PART + 2

    @pytest.mark.parametrize("part", [1, 3])
    def test_that_is_intact_passes(self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
        monkeypatch.setattr(verify, "ENTRIES_PER_PART", part)
        ((entries,),) = ledger_desk.sql("SELECT count(*) FROM ledger.entry")
        for whole in (False, True):
            assert verify_ledger.verify_ledger("test", whole=whole)["violations"] == 0
            result = read_verification()
            assert (result["whole"], result["entries"], result["wallets"]) == (whole, entries, 5)

    @pytest.mark.parametrize(
        ("invariant", "owners", "statements"), [each for each in CORRUPTIONS if each[0] in OF_BOOKS]
    )
    def test_that_is_broken_is_found_between_its_pieces_too(
        self,
        ledger_desk: LedgerDesk,
        monkeypatch: pytest.MonkeyPatch,
        invariant: str,
        owners: str,
        statements: tuple[str, ...],
    ) -> None:
        """Each entry is a piece of its own."""
        monkeypatch.setattr(verify, "ENTRIES_PER_PART", 1)
        ledger_desk.corrupt(*statements)
        verify_ledger.verify_ledger("test", whole=True)
        found = {each["invariant"] for each in read_verification()["violations"]}
        assert SEEN_FROM_THE_NEXT_PIECE.get(invariant, invariant) in found
        assert sorted(ledger_desk.states()) == owners.split()
