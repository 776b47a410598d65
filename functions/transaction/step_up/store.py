"""What moves without a second factor, by currency; the ledger reads it at each movement."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

_LIST = text("SELECT currency, above_minor FROM ledger.step_up_limit ORDER BY currency")
_SET = text("SELECT ledger.set_step_up_limit(:currency, CAST(:above AS bigint))")
_REMOVE = text("SELECT ledger.remove_step_up_limit(:currency)")


def list_all(connection: Connection) -> Sequence[Row[Any]]:
    """What was set, by currency."""
    return connection.execute(_LIST).all()


def put(connection: Connection, currency: str, above: int) -> None:
    """The limit of a currency, instead of what there was."""
    connection.execute(_SET, {"currency": currency, "above": above})


def remove(connection: Connection, currency: str) -> bool:
    """False where none was set."""
    return bool(connection.execute(_REMOVE, {"currency": currency}).scalar_one())
