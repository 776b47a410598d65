"""The spending limits in PostgreSQL; the ledger reads them at each movement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_COLUMNS = "role, currency, per_transaction_minor, per_day_minor, per_month_minor, count_per_hour"
_LIST = text(f"SELECT {_COLUMNS} FROM ledger.spending_limit ORDER BY role, currency")  # noqa: S608  # a constant
_SET = text(
    f"INSERT INTO ledger.spending_limit ({_COLUMNS}) "  # noqa: S608  # a constant
    "VALUES (:role, :currency, :per_transaction, :per_day, :per_month, :count_per_hour) "
    "ON CONFLICT (role, currency) DO UPDATE SET per_transaction_minor = excluded.per_transaction_minor, "
    "per_day_minor = excluded.per_day_minor, per_month_minor = excluded.per_month_minor, "
    "count_per_hour = excluded.count_per_hour"
)
_REMOVE = text("DELETE FROM ledger.spending_limit WHERE role = :role AND currency = :currency")


def list_all(connection: Connection) -> Sequence[Row[Any]]:
    """Every limit, by role and currency."""
    return connection.execute(_LIST).all()


def put(connection: Connection, values: dict[str, Any]) -> None:
    """The limits of a role in a currency, instead of what there was."""
    connection.execute(_SET, values)


def remove(connection: Connection, role: str, currency: str) -> bool:
    """False where there was none."""
    return connection.execute(_REMOVE, {"role": role, "currency": currency}).rowcount > 0
