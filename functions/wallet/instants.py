"""Instants in a query: RFC 3339, and old enough that nothing earlier can still be committed."""

import re
from datetime import datetime, timedelta

from functions.wallet import store
from paycore.database import Connection
from paycore.errors import InvalidParameter
from paycore.fields import in_utc

# A movement takes its instant under its locks and is committed soon, or not at all (paycore.database.commit_soon).
SETTLED_AFTER = timedelta(seconds=5)
_RFC3339 = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def require_settled(connection: Connection, param: str, instant: datetime) -> None:
    """Raises InvalidParameter for an instant that is younger than 5 s by the database's clock, as all movements are."""
    if not store.is_older(connection, instant, SETTLED_AFTER):
        raise InvalidParameter(param=param)


def read_instant(param: str, text: str) -> datetime:
    """The instant; raises InvalidParameter for what is not RFC 3339."""
    if _RFC3339.fullmatch(text) is None:
        raise InvalidParameter(param=param)
    try:
        return in_utc(datetime.fromisoformat(text))
    except ValueError as trouble:
        raise InvalidParameter(param=param) from trouble
