"""Instants in a query: RFC 3339, and old enough that nothing earlier can still be committed."""

import re
from datetime import datetime, timedelta

from paycore import clock
from paycore.errors import InvalidParameter

# A movement takes its instant under its locks and is committed soon, or not at all (paycore.database.commit_soon).
SETTLED_AFTER = timedelta(seconds=5)
_RFC3339 = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def settled(param: str, text: str) -> datetime:
    """The instant in the query parameter `param`; raises InvalidParameter for anything younger than 5 s."""
    instant = read_instant(param, text)
    if instant > clock.now() - SETTLED_AFTER:
        raise InvalidParameter(param=param)
    return instant


def read_instant(param: str, text: str) -> datetime:
    """The instant; raises InvalidParameter for what is not RFC 3339."""
    if _RFC3339.fullmatch(text) is None:
        raise InvalidParameter(param=param)
    try:
        return datetime.fromisoformat(text)
    except ValueError as trouble:
        raise InvalidParameter(param=param) from trouble
