"""What moves without a second factor, by currency; the ledger reads it at each movement."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_LIST = text("SELECT currency, above_minor FROM ledger.step_up_limit ORDER BY currency")
_SET = text("SELECT ledger.set_step_up_limit(:currency, CAST(:above AS bigint))")
_REMOVE = text("SELECT ledger.remove_step_up_limit(:currency)")
_IS_ABOVE = text(
    "SELECT EXISTS (SELECT FROM unnest(CAST(:currencies AS text[]), CAST(:amounts AS bigint[])) AS asked (code, minor) "
    "                WHERE asked.minor > ledger.step_up_above(asked.code))"
)


def list_all(connection: Connection) -> Sequence[Row[Any]]:
    """What was set, by currency."""
    return connection.execute(_LIST).all()


def put(connection: Connection, currency: str, above: int) -> None:
    """The limit of a currency, instead of what there was."""
    connection.execute(_SET, {"currency": currency, "above": above})


def remove(connection: Connection, currency: str) -> bool:
    """False where none was set."""
    return bool(connection.execute(_REMOVE, {"currency": currency}).scalar_one())


def is_above(connection: Connection, sums: Mapping[str, int]) -> bool:
    """Whether one of the sums (minor units by currency) is more than goes without a second factor."""
    values = {"currencies": list(sums), "amounts": list(sums.values())}
    found: bool = connection.execute(_IS_ABOVE, values).scalar_one()
    return found
