"""Reads as people do, and compares: statements, books, balances of the past, histories page by page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from functions.transaction.filters import Filters
from functions.transaction.read_transactions import list_transactions
from functions.wallet.read_wallet import list_entries, read_balance_at
from functions.wallet.statement.make_statement import make_statement
from paycore.caller import Caller
from tests.model.book import Facts
from tests.model.scene import WALLETS
from tests.model.services import reads
from tests.model.services.bodies import caller
from tests.model.services.scene import ServiceScene

_LINE = ("transaction_id", "kind", "amount", "currency", "description", "external_id")
_SEEN = ("id", "kind", "status", "version", "amount", "currency", "external_id", "metadata")
_PAGE = 20


class Reading:
    """What is read in one step."""

    def __init__(self, scene: ServiceScene) -> None:
        self.scene = scene

    def wallet(self, name: str, viewer: str, first: int, last: int) -> None:
        """`viewer` is its owner, somebody else or an admin; `first` and `last` choose the movements that bound the period."""
        scene, wallet = self.scene, self.scene.wallets[name]
        owner = WALLETS.get(name, ("ann", ""))[0]
        person = scene.people[owner if viewer == "owner" else "cat"]
        who = caller(person, None if viewer == "admin" else "user")
        sees = None if viewer == "admin" else person
        if wallet in scene.enriched:  # no entry tells where its money came from
            return
        instants = scene.door.posted(wallet)
        at = sorted(instants.values()) or [f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M:%S.%fZ}"]
        from_at, to_at = at[first % len(at)], at[last % len(at)]
        book = scene.oracle.book
        if from_at < to_at:
            scene.both(
                "statement",
                lambda: make_statement(who, wallet, from_at, to_at),
                lambda told: {
                    "opening": told.opening,
                    "closing": told.closing,
                    "rows": _lines(told.rows, "balance_after"),
                },
                lambda _, __: (
                    book.wallet(wallet, sees) and reads.statement(book, wallet, instants, from_at, to_at, sees)
                ),
                reads=True,
            )
        scene.both(
            "book of a wallet",
            lambda: _all(lambda cursor: list_entries(who, wallet, _PAGE, cursor)),
            _lines,
            lambda _, __: book.wallet(wallet, sees) and reads.entries(book, wallet, instants, sees),
            reads=True,
        )
        scene.both(
            "balance at an instant",
            lambda: read_balance_at(who, wallet, to_at),
            lambda told: told["posted"],
            lambda _, __: (book.wallet(wallet, sees) and None) or reads.balance_at(book, wallet, instants, to_at),
            reads=True,
        )

    def history(self, person: str, drawn: dict[str, Any], place: int, limit: int) -> None:
        """All of somebody's history that fits, `limit` on a page."""
        scene, viewer = self.scene, self.scene.people[person]
        records = scene.oracle.book.records
        requested = scene.door.requested(list(records))
        wanted = dict(drawn)
        if "wallet_id" in wanted:
            wanted["wallet_id"] = scene.wallets[wanted["wallet_id"]]
        for name in ("created_gte", "created_lt"):
            if name in wanted:
                wanted[name] = sorted(requested.values())[-1 - place % len(requested)]
        who: Caller = caller(viewer, "user")
        filters = Filters(**wanted)
        scene.both(
            "history",
            lambda: _all(lambda cursor: list_transactions(who, filters, limit, cursor)),
            lambda rows: [_seen(row) for row in rows],
            lambda _, __: reads.history(scene.oracle.book, viewer, wanted, requested),
            reads=True,
        )


def _all(page: Any) -> list[dict[str, Any]]:
    """Page by page, to the end."""
    rows, cursor, more = [], None, True
    while more:
        told = page(cursor)
        rows += told["data"]
        cursor, more = told["next_cursor"], told["has_more"]
    return rows


def _lines(rows: list[dict[str, Any]], *also: str) -> list[Facts]:
    return [{name: row[name] for name in (*_LINE, *also)} for row in rows]


def _seen(row: dict[str, Any]) -> Facts:
    legs = [(leg["wallet_id"], leg["amount"]) for leg in row["legs"]]
    return {name: row[name] for name in _SEEN} | {"legs": legs}
