"""One process that asks one database: `python -m bench.growth.client`, started by bench.growth with its settings.

Each line it reads is a question and a count; it answers with the median time of that many in milliseconds.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bench.ledger.database import ACCOUNTS, owner_id, wallet_id
from bench.ledger.transfer import post_transfer
from functions.transaction.filters import Filters
from functions.transaction.store import list_of
from functions.wallet.statement.store import movements
from functions.wallet.store import entries, posted_before
from paycore import clock
from paycore.database import one_statement, transaction
from paycore.pagination import Page

PROBES = 50  # wallets that have the same movements in every database (prepare.sql)
BUSIEST = PROBES + 1  # where the load is heaviest
PAGE = Page(20, None, "")
ROWS_MAX = 10_001  # as functions.wallet.statement asks

DAY = timedelta(days=1)


def main() -> None:
    """Ends with its input."""
    for line in sys.stdin:
        name, count = line.split()
        question = QUESTIONS[name]
        print(statistics.median(_timed(question) for _ in range(int(count))), flush=True)


def _timed(question: Callable[[], object]) -> float:
    began = time.perf_counter()
    question()
    return (time.perf_counter() - began) * 1000


def _transfer() -> object:
    return post_transfer(*random.sample(range(1, ACCOUNTS + 1), 2))


def _history(number: int) -> object:
    return one_statement(lambda connection: list_of(connection, owner_id(number), Filters(), PAGE))


def _book(number: int) -> object:
    return one_statement(
        lambda connection: entries(connection, wallet_id(number), PAGE, owner_id(number), sees_all=False)
    )


def _statement(number: int) -> object:
    from_at = _past().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    to_at = (from_at + 32 * DAY).replace(day=1)
    with transaction() as connection:
        opening = posted_before(connection, wallet_id(number), from_at)
        closing = posted_before(connection, wallet_id(number), to_at)
        rows = movements(connection, wallet_id(number), from_at, to_at, ROWS_MAX, owner_id(number), sees_all=False)
    if opening + sum(row.amount_minor for row in rows) != closing:
        raise ValueError("a statement that does not add up")
    return rows


def _balance_at(number: int) -> object:
    return one_statement(lambda connection: posted_before(connection, wallet_id(number), _past()))


def _past() -> datetime:
    return clock.now() - random.uniform(40, 250) * DAY


def _probe() -> int:
    return random.randint(1, PROBES)


QUESTIONS: Mapping[str, Callable[[], object]] = {
    "transfer": _transfer,
    "history": lambda: _history(_probe()),
    "book": lambda: _book(_probe()),
    "statement": lambda: _statement(_probe()),
    "balance": lambda: _balance_at(_probe()),
    "busy_history": lambda: _history(BUSIEST),
    "busy_book": lambda: _book(BUSIEST),
    "busy_balance": lambda: _balance_at(BUSIEST),
}


if __name__ == "__main__":
    main()
