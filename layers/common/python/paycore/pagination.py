"""Lists by key, newest first: a signed cursor that continues exactly the list it came from."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Query
from pydantic import BeforeValidator

from paycore import settings
from paycore.crypto import key_ring
from paycore.errors import InvalidParameter
from paycore.fields import digits_only
from paycore.settings import CursorKeysSettings

_PURPOSE = "cursor"


LimitQuery = Annotated[int, Query(ge=1, le=100), BeforeValidator(digits_only)]
CursorQuery = Annotated[str | None, Query(max_length=1000)]

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page:
    """What to read: `limit` + 1 rows below `before` (the last id of the page before), to learn whether more follow."""

    limit: int
    before: str | None
    scope: str  # the list and its filters and its reader: a cursor of another scope is refused


def page(limit: int, cursor: str | None, scope: Mapping[str, Any]) -> Page:
    """The page that a client asks for; raises InvalidParameter for a cursor that is not of this very list."""
    bound = json.dumps(scope, sort_keys=True)
    return Page(limit, _open(cursor, bound) if cursor is not None else None, bound)


def render(
    asked: Page,
    rows: Sequence[Row],
    body: Callable[[Row], dict[str, Any]],
    row_id: Callable[[Row], str],
    looked_to: str | None = None,
) -> dict[str, Any]:
    """The list object of the API from at most `limit` + 1 rows. `looked_to`: where the search for them was ended."""
    shown = rows[: asked.limit]
    last = row_id(shown[-1]) if len(rows) > asked.limit else looked_to
    return {
        "object": "list",
        "data": [body(row) for row in shown],
        "has_more": last is not None,
        "next_cursor": _close(last, asked.scope) if last is not None else None,
    }


def _close(last: str, scope: str) -> str:
    return _written(f"{last}.{_ring().hmac(_PURPOSE, f'{last}|{scope}')}")


def _written(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _open(cursor: str, scope: str) -> str:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        last, _, mac = text.partition(".")
        # one text for one cursor: base64 has several for the same bytes
        if _written(text) != cursor or not _ring().is_hmac(_PURPOSE, f"{last}|{scope}", mac):
            raise InvalidParameter(param="cursor")
    except ValueError as trouble:
        raise InvalidParameter(param="cursor") from trouble
    return last


def _ring() -> Any:
    return key_ring(settings.read(CursorKeysSettings).cursor_keys_secret)
