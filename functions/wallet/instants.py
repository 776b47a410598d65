"""Instants in a query: old enough that nothing earlier can still be committed."""

from datetime import datetime, timedelta

from functions.wallet import store
from paycore.database import Connection
from paycore.errors import InvalidParameter

# A movement takes its instant under its locks and is committed soon, or not at all (paycore.database.commit_soon).
SETTLED_AFTER = timedelta(seconds=5)


def require_settled(connection: Connection, param: str, instant: datetime) -> None:
    """Raises InvalidParameter for an instant that is younger than 5 s by the database's clock, as all movements are."""
    if not store.is_older(connection, instant, SETTLED_AFTER):
        raise InvalidParameter(param=param)
