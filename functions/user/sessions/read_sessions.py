"""The sessions of a person: where somebody is signed in."""

from typing import Any

from functions.user.store import Record, session_list
from paycore import clock
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.pagination import page, render


def list_sessions(caller: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's live sessions, newest first."""
    asked = page(limit, cursor, {"list": "sessions", "person": caller.user_id})
    rows = one_statement(lambda connection: session_list.list_of(connection, caller.user_id, asked))
    return render(asked, rows, lambda row: session_body(row, caller), lambda row: str(row.id))


def session_body(row: Record, caller: Caller) -> dict[str, Any]:
    """A session as its owner sees it."""
    return {
        "object": "user_session",
        "id": row.id,
        "device": row.device,
        "amr": row.amr,
        "is_current": row.id == caller.session_id,
        "created_at": clock.timestamp(row.authenticated_at),
        "refreshed_at": clock.timestamp(row.refreshed_at),
        "ends_at": clock.timestamp(row.ends_at),
    }
