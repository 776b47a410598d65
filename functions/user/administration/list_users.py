"""Accounts as an admin finds them: what they are, and not whose. Who looks behind one is on record (view_user.py)."""

from typing import Any

from functions.user.administration.filters import UserFilters
from functions.user.profile import shown_roles
from functions.user.store import Record, people_list
from paycore import clock
from paycore.database import one_statement
from paycore.pagination import page, render


def list_users(filters: UserFilters, limit: int, cursor: str | None) -> dict[str, Any]:
    """Newest first. An address finds the one who has it; nobody's is shown."""
    asked = page(limit, cursor, {"list": "users", **filters.scope()})
    rows = one_statement(lambda connection: people_list.list_of(connection, filters, asked))
    return render(asked, rows, _body, lambda row: str(row.id))


def _body(row: Record) -> dict[str, Any]:
    return {
        "object": "user",
        "id": row.id,
        "roles": shown_roles(row.roles),
        "status": row.status,
        "version": row.version,
        "created_at": clock.timestamp(row.created_at),
        "updated_at": clock.timestamp(row.updated_at),
    }
