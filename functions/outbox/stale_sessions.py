"""Whose sessions an event has ended, or given other roles: whoever committed that may have died before telling it."""

from collections.abc import Iterable
from typing import Any

from paycore.database import Row

# What of an account its sessions depend on; and what of a second factor ends them.
_FIELDS = {"password", "roles", "status"}
_CHANGES = {"enabled", "disabled", "reset"}


def people_with_stale_sessions(rows: Iterable[Row[Any]]) -> list[str]:
    """The ids of the people whose sessions' entries are to be written again, each once."""
    return sorted({row.data["user_id"] for row in rows if _touches_sessions(row)})


def _touches_sessions(row: Row[Any]) -> bool:
    if row.type == "user.updated":
        return not _FIELDS.isdisjoint(row.data["fields"])
    if row.type == "user.mfa_changed":
        return row.data["change"] in _CHANGES
    return row.type in ("user.kyc_changed", "user.sessions_ended", "user.closed")
