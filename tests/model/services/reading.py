"""Reads as people do, and compares: statements, books, balances of the past, histories page by page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.transaction.filters import Filters
from functions.transaction.read_transactions import list_transactions
from functions.wallet.read_wallet import list_entries, read_balance_at
from functions.wallet.statement.make_statement import make_statement
from paycore.caller import Caller
from tests.model.book import Book, Facts
from tests.model.scene import WALLETS
from tests.model.services import reads
from tests.model.services.bodies import caller
from tests.model.services.scene import ServiceScene

_LINE = ("transaction_id", "kind", "amount", "currency", "description", "external_id")
_SEEN = ("id", "kind", "status", "version", "amount", "currency", "external_id", "metadata")
_PAGE = 20


@dataclass(frozen=True)
class View:
    """A wallet as somebody sees it. `sees` None: all of it, of anybody's."""

    scene: ServiceScene
    wallet: str
    who: Caller
    sees: str | None
    instants: reads.Instants

    def statement(self, from_at: str, to_at: str) -> None:
        """Of a period."""
        self._both(
            "statement",
            lambda: make_statement(
                self.who, self.wallet, datetime.fromisoformat(from_at), datetime.fromisoformat(to_at)
            ),
            lambda told: {"opening": told.opening, "closing": told.closing, "rows": _lines(told.rows, "balance_after")},
            lambda book: reads.statement(book, self.wallet, self.instants, from_at, to_at, self.sees),
        )

    def entries(self) -> None:
        """Page by page."""
        self._both(
            "book of a wallet",
            lambda: _all(lambda cursor: list_entries(self.who, self.wallet, _PAGE, cursor)),
            _lines,
            lambda book: reads.entries(book, self.wallet, self.instants, self.sees),
        )

    def balance(self, at: str) -> None:
        """At an instant."""
        self._both(
            "balance at an instant",
            lambda: read_balance_at(self.who, self.wallet, datetime.fromisoformat(at)),
            lambda told: told["posted"],
            lambda book: reads.balance_at(book, self.wallet, self.instants, at),
        )

    def _both(self, what: str, use_case: Any, tell: Any, answer: Any) -> None:
        def allowed(book: Book) -> Any:
            book.wallet(self.wallet, self.sees)
            return answer(book)

        self.scene.both(what, use_case, tell, lambda _, __: allowed(self.scene.oracle.book), reads=True)


class Reading:
    """What is read in one step."""

    def __init__(self, scene: ServiceScene) -> None:
        self.scene = scene

    def wallet(self, name: str, viewer: str, first: int, last: int) -> None:
        """`viewer` is its owner, somebody else or an admin; `first` and `last` choose the movements that bound the period."""
        scene, wallet = self.scene, self.scene.wallets[name]
        if wallet in scene.enriched:  # no entry tells where its money came from
            return
        owner = WALLETS.get(name, ("ann", ""))[0]
        person = scene.people[owner if viewer == "owner" else "cat"]
        who = caller(person, None if viewer == "admin" else "user")
        view = View(scene, wallet, who, None if viewer == "admin" else person, scene.door.posted(wallet))
        at = sorted(view.instants.values()) or [f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M:%S.%fZ}"]
        from_at, to_at = at[first % len(at)], at[last % len(at)]
        if from_at < to_at:
            view.statement(from_at, to_at)
        view.entries()
        view.balance(to_at)

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
