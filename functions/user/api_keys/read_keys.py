"""A merchant's API keys, without the keys themselves."""

from typing import Any

from functions.user.api_keys.render import key_body
from functions.user.store import api_keys
from paycore import ids
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.errors import ApiKeyNotFound
from paycore.pagination import page, render


def read_key(caller: Caller, key_id: str) -> dict[str, Any]:
    """One of the caller's own; raises ApiKeyNotFound for a revoked, a foreign and an absent one."""
    if not ids.is_id("key", key_id):
        raise ApiKeyNotFound
    key = one_statement(lambda connection: api_keys.find(connection, caller.user_id, key_id))
    if key is None:
        raise ApiKeyNotFound
    return key_body(key)


def list_keys(caller: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's keys, newest first; expired ones stay until they are revoked."""
    asked = page(limit, cursor, {"list": "api_keys", "person": caller.user_id})
    rows = one_statement(lambda connection: api_keys.list_of(connection, caller.user_id, asked))
    return render(asked, rows, key_body, lambda row: str(row.id))
