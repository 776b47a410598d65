"""Objects of the export as the API shows them elsewhere, and also how they ended."""

from datetime import datetime
from typing import Any

from functions.user.api_keys.render import key_body
from functions.user.sessions.read_sessions import session_body as live_session_body
from functions.user.store import Record
from functions.user.store.email_changes import NEW, OLD
from paycore import clock, ids
from paycore.caller import Caller
from paycore.personal_data import PersonalKey


def session_body(row: Record, caller: Caller) -> dict[str, Any]:
    """A session; `ended_at` is null while it lives, or where it ran out."""
    return {**live_session_body(row, caller), "ended_at": _shown(row.ended_at), "end_reason": row.end_reason}


def api_key_body(row: Record) -> dict[str, Any]:
    """A key without what opens the door."""
    return {**key_body(row), "revoked_at": _shown(row.revoked_at)}


def email_change_body(row: Record, key: PersonalKey) -> dict[str, Any]:
    """A change of the address, opened with the person's key; `completed_at` is null where its code was not used."""
    return {
        "object": "email_change",
        "id": row.id,
        "created_at": clock.timestamp(ids.made_at(row.id)),
        "old_email": key.open(OLD, row.sealed_old_email),
        "new_email": key.open(NEW, row.sealed_new_email),
        "expires_at": clock.timestamp(row.expires_at),
        "completed_at": _shown(row.completed_at),
    }


def known_device_body(row: Record) -> dict[str, Any]:
    """A device that the person signed in from."""
    return {
        "object": "known_device",
        "first_seen_at": clock.timestamp(row.first_seen_at),
        "last_seen_at": clock.timestamp(row.last_seen_at),
    }


def _shown(instant: datetime | None) -> str | None:
    return clock.timestamp(instant) if instant is not None else None
