"""Makes a wallet's statement: what it had, what came and went, what it had then; and the three add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from functions.wallet.instants import require_settled
from functions.wallet.read_wallet import find_allowed
from functions.wallet.render import entry_body
from functions.wallet.statement import store
from functions.wallet.store import posted_before
from paycore.caller import Caller
from paycore.database import Row, transaction
from paycore.errors import InvalidParameter, StatementTooLarge
from paycore.invariants import ensure

PERIOD_MAX = timedelta(days=366)
ROWS_MAX = 10_000
ENTRIES_MAX = 4 * ROWS_MAX  # of which a movement may have several: what has more is not read at all


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement from `from_at` until before `to_at`. `rows` are entries of the API, oldest first; minor units."""

    wallet_id: str
    wallet_name: str | None
    owner_id: str
    currency: str
    from_at: datetime
    to_at: datetime
    opening: int
    closing: int
    rows: list[dict[str, Any]]

    def total(self, sign: int) -> int:
        """What came in (+1) or went out (-1), without sign."""
        return sum(abs(row["amount"]) for row in self.rows if row["amount"] * sign > 0)


def make_statement(caller: Caller, wallet_id: str, from_at: datetime, to_at: datetime) -> Statement:
    """The statement; raises InvalidParameter, WalletNotFound or StatementTooLarge."""
    if not from_at < to_at:
        raise InvalidParameter(param="from")
    if to_at - from_at > PERIOD_MAX:
        raise InvalidParameter(param="to")
    wallet = find_allowed(caller, wallet_id, "wallets:read_any")
    with transaction() as connection:
        require_settled(connection, "to", to_at)
        opening = posted_before(connection, wallet.id, from_at)
        closing = posted_before(connection, wallet.id, to_at)
        if store.has_more_entries(connection, wallet.id, from_at, to_at, ENTRIES_MAX):
            raise StatementTooLarge(rows_max=ROWS_MAX)
        viewer = caller.user_id
        movements = store.movements(
            connection, wallet.id, from_at, to_at, ROWS_MAX + 1, viewer, sees_all=caller.may("transactions:read_any")
        )
    if len(movements) > ROWS_MAX:
        raise StatementTooLarge(rows_max=ROWS_MAX)
    rows = _with_balances(opening, movements)
    ensure(opening + sum(row["amount"] for row in rows) == closing, "a statement adds up")
    return Statement(wallet.id, wallet.name, wallet.owner_id, wallet.currency, from_at, to_at, opening, closing, rows)


def _with_balances(opening: int, movements: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The rows with their running balance, which on a plain wallet is what the entry itself says."""
    balance = opening
    rows = []
    for movement in movements:
        balance += movement.amount_minor
        ensure(movement.balance_after in (None, balance), "a running balance is the entry's own")
        rows.append({**entry_body(movement), "balance_after": balance})
    return rows
