"""Accounts as an admin finds them: what they are, and not whose. Who looks behind one is on record (view_user.py)."""

from typing import Any

from functions.user.administration.filters import UserFilters
from functions.user.profile import shown_roles
from functions.user.stage import stage
from functions.user.store import Record, people_list
from paycore import clock
from paycore.caller import Caller
from paycore.database import transaction
from paycore.events.user import UserViewed
from paycore.origin import Origin
from paycore.pagination import page, render


def list_users(caller: Caller, filters: UserFilters, limit: int, cursor: str | None, origin: Origin) -> dict[str, Any]:
    """Newest first. An address finds the one who has it, which is on record; nobody's is shown."""
    asked = page(limit, cursor, {"list": "users", **filters.scope()})
    with transaction() as connection:
        rows = people_list.list_of(connection, filters, asked)
        for row in rows if filters.email is not None else ():
            stage(connection, UserViewed(user_id=row.id, actor_id=caller.user_id), row.id, origin)
    return render(asked, rows, _body, lambda row: str(row.id))


def _body(row: Record) -> dict[str, Any]:
    return {
        "object": "user",
        "id": row.id,
        "roles": shown_roles(row.roles),
        "status": row.status,
        "kyc_status": row.kyc_status,
        "version": row.version,
        "created_at": clock.timestamp(row.created_at),
        "updated_at": clock.timestamp(row.updated_at),
    }
