"""The ledger's housekeeping functions in PostgreSQL: each call takes a bounded batch."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, TextClause, text

from paycore.database import one_statement

_EXPIRE_HOLDS = text("SELECT ledger.expire_holds(:batch_max)")
_FORGET_KEYS = text("SELECT ledger.forget_keys(:batch_max)")
_FORGET_QUOTES = text("SELECT ledger.forget_quotes(:batch_max)")
_FORGET_ADDRESSES = text("SELECT transfer.forget_addresses(:batch_max)")
_FORGET_PUBLISHED = text("SELECT outbox.forget_published(:batch_max)")
_MAKE_PARTITIONS = text(
    "SELECT ledger.make_partitions(clock_timestamp(), clock_timestamp() + make_interval(months => :months))"
)
_MISSING = text("SELECT ledger.months_without_partition(:months)")
_STRIPE = text("SELECT ledger.stripe_contended_accounts(:waits_max, CAST(:stripes AS smallint))")
_WALLETS = text(
    """
    SELECT a.id, a.owner_id, min(b.state) AS state, ledger.version_of(a.id) AS version
      FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id
     WHERE a.id = ANY(CAST(:ids AS text[])) GROUP BY a.id ORDER BY a.id
    """
)


def expire_holds(batch_max: int) -> int:
    """Ends up to `batch_max` holds that are over their time."""
    return _number(_EXPIRE_HOLDS, batch_max=batch_max)


def forget_keys(batch_max: int) -> int:
    """Removes idempotency keys after 30 days, up to `batch_max` of each kind."""
    return _number(_FORGET_KEYS, batch_max=batch_max)


def forget_quotes(batch_max: int) -> int:
    """Removes quotes that nobody used, 30 days after they were over."""
    return _number(_FORGET_QUOTES, batch_max=batch_max)


def forget_addresses(batch_max: int) -> int:
    """Removes the names of addresses that money does not wait for any more, or that were looked for before today."""
    return _number(_FORGET_ADDRESSES, batch_max=batch_max)


def forget_published(batch_max: int) -> int:
    """Removes events a week after their publication."""
    return _number(_FORGET_PUBLISHED, batch_max=batch_max)


def make_partitions(months: int) -> int:
    """Makes what is missing up to so many months ahead."""
    return _number(_MAKE_PARTITIONS, months=months)


def months_without_partition(months: int) -> int:
    """How many of this month and the next ones have no place for what will be posted in them."""
    return _number(_MISSING, months=months)


def stripe_contended(connection: Connection, waits_max: int, stripes: int) -> Sequence[Row[Any]]:
    """Spreads the wallets that more than `waits_max` movements waited for since the last call.

    Which they were, each with `owner_id`, `state` and the `version` that it has now.
    """
    striped = connection.execute(_STRIPE, {"waits_max": waits_max, "stripes": stripes}).scalar_one()
    # a statement of its own: the one above does not see what it did
    return connection.execute(_WALLETS, {"ids": striped}).all()


def _number(question: TextClause, **values: int) -> int:
    return one_statement(lambda connection: int(connection.execute(question, values).scalar_one()))
