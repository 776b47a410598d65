"""An API key as the API shows it, and the facts that every event about one tells."""

from typing import Any

from functions.user.store import Record
from paycore import clock


def key_body(key: Record) -> dict[str, Any]:
    """The key without what opens the door."""
    return {
        "object": "api_key",
        "id": key.id,
        "name": key.name,
        "shown": key.shown,
        "scopes": list(key.scopes),
        "ip_allowlist": list(key.addresses),
        "created_at": clock.timestamp(key.created_at),
        "expires_at": clock.timestamp(key.expires_at),
        "last_used_at": clock.timestamp(key.last_used_at) if key.last_used_at else None,
    }


def event_facts(key: Record) -> dict[str, Any]:
    """What events say of a key."""
    expires_at = clock.timestamp(key.expires_at)
    return {
        "user_id": key.user_id,
        "key_id": key.id,
        "name": key.name,
        "shown": key.shown,
        "expires_at": expires_at,
    }
