"""The ledger's housekeeping functions in PostgreSQL: each call is a commit of its own and takes a bounded batch."""

from sqlalchemy import Connection, TextClause, text

from paycore.database import one_statement

_EXPIRE_HOLDS = text("SELECT ledger.expire_holds(:batch_max)")
_FORGET_KEYS = text("SELECT ledger.forget_keys(:batch_max)")
_FORGET_PUBLISHED = text("SELECT outbox.forget_published(:batch_max)")
_MAKE_PARTITIONS = text(
    "SELECT ledger.make_partitions(clock_timestamp(), clock_timestamp() + make_interval(months => :months))"
)
_MISSING = text("SELECT ledger.months_without_partition(:months)")
_STRIPE = text("SELECT ledger.stripe_contended_accounts(:waits_max, CAST(:stripes AS smallint))")


def expire_holds(batch_max: int) -> int:
    """Ends up to `batch_max` holds that are over their time."""
    return _number(_EXPIRE_HOLDS, batch_max=batch_max)


def forget_keys(batch_max: int) -> int:
    """Removes idempotency keys after 30 days, up to `batch_max` of each kind."""
    return _number(_FORGET_KEYS, batch_max=batch_max)


def forget_published(batch_max: int) -> int:
    """Removes events a week after their publication."""
    return _number(_FORGET_PUBLISHED, batch_max=batch_max)


def make_partitions(months: int) -> int:
    """Makes what is missing up to so many months ahead."""
    return _number(_MAKE_PARTITIONS, months=months)


def months_without_partition(months: int) -> int:
    """How many of this month and the next ones have no place for what will be posted in them."""
    return _number(_MISSING, months=months)


def stripe_contended(waits_max: int, stripes: int) -> list[str]:
    """Spreads the wallets that more than `waits_max` movements waited for since the last call; which they were."""

    def ask(connection: Connection) -> list[str]:
        return list(connection.execute(_STRIPE, {"waits_max": waits_max, "stripes": stripes}).scalar_one())

    return one_statement(ask)


def _number(question: TextClause, **values: int) -> int:
    return one_statement(lambda connection: int(connection.execute(question, values).scalar_one()))
