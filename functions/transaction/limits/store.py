"""The spending limits in PostgreSQL; the ledger reads them at each movement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_LIST = text(
    "SELECT role, currency, per_transaction_minor, per_day_minor, per_month_minor, count_per_hour "
    "  FROM ledger.spending_limit ORDER BY role, currency"
)
_SET = text(
    "SELECT ledger.set_spending_limit(:role, :currency, CAST(:per_transaction AS bigint), CAST(:per_day AS bigint), "
    "                                 CAST(:per_month AS bigint), CAST(:count_per_hour AS integer))"
)
_REMOVE = text("SELECT ledger.remove_spending_limit(:role, :currency)")


def list_all(connection: Connection) -> Sequence[Row[Any]]:
    """Every limit, by role and currency."""
    return connection.execute(_LIST).all()


def put(connection: Connection, values: dict[str, Any]) -> None:
    """The limits of a role in a currency, instead of what there was."""
    connection.execute(_SET, values)


def remove(connection: Connection, role: str, currency: str) -> bool:
    """False where there was none."""
    return bool(connection.execute(_REMOVE, {"role": role, "currency": currency}).scalar_one())
