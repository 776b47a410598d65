"""Who is calling: the session behind an access token, from Redis beside the limit, else from PostgreSQL."""

import json
import time
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text

from paycore import cache, ids
from paycore.database import transaction
from paycore.errors import Forbidden, InvalidToken, SessionRevoked, Unavailable

ACTIVE_LIFE_S = 60  # a session that ends in PostgreSQL alone is noticed within this time
REVOKED_LIFE_S = 70 * 60  # longer than any access token lives

Role = Literal["user", "merchant", "admin"]


@dataclass(frozen=True, slots=True)
class Caller:
    """The person (or merchant) behind a request. `user_id` is the printed id and the principal of idempotency keys.

    `limits_are_exact` is false while Redis is down: admin routes are then closed by our policy.
    """

    user_id: str
    session_id: str
    roles: frozenset[str]
    limits_are_exact: bool = True

    def require(self, role: Role) -> None:
        """Raises Forbidden unless the caller has `role`, and Unavailable for an admin while limits are guesses."""
        if role not in self.roles:
            raise Forbidden
        if role == "admin" and not self.limits_are_exact:
            raise Unavailable

    @property
    def is_admin(self) -> bool:
        """Whether the caller may see and do what belongs to others."""
        return "admin" in self.roles


def cache_key(session_id: str) -> str:
    """Where a session's state is cached."""
    return f"session:{session_id}"


def caller_of(authorizer: dict[str, Any], cached: str | None) -> Caller:
    """The caller named by the authorizer's context; raises InvalidToken or SessionRevoked.

    The gateway caches the authorizer's answer for 60 s, so the expiry is checked again. `cached` is the session
    entry of this request's one round trip to Redis, or None for a miss.
    """
    try:
        user_id, session_id = str(authorizer["user_id"]), str(authorizer["session_id"])
        expires = int(authorizer["exp"])
    except (KeyError, ValueError) as trouble:
        raise InvalidToken from trouble
    if expires <= time.time():
        raise InvalidToken
    state = json.loads(cached) if cached else _read_through(session_id)
    if state["state"] != "active" or state["user_id"] != user_id:
        raise SessionRevoked
    return Caller(user_id, session_id, frozenset(state["roles"]))


def _read_through(session_id: str) -> dict[str, Any]:
    """The session as PostgreSQL has it; fills the cache, but never over an entry that says "revoked"."""
    try:
        ids.check("ses", session_id)
    except ids.MalformedId as trouble:
        raise InvalidToken from trouble
    with transaction() as connection:
        row = connection.execute(
            text("SELECT user_id, roles, active FROM directory.session_state(:session_id)"),
            {"session_id": session_id},
        ).one_or_none()
    if row is None:
        return {"state": "revoked", "user_id": "", "roles": []}
    state = {
        "state": "active" if row.active else "revoked",
        "user_id": row.user_id,
        "roles": list(row.roles),
    }
    life_s = ACTIVE_LIFE_S if row.active else REVOKED_LIFE_S
    try:
        cache.ask(lambda client: client.set(cache_key(session_id), json.dumps(state), nx=True, ex=life_s))
    except cache.CacheUnavailable:
        return state
    return state


def overwrite(session_id: str, user_id: str, roles: list[str], *, active: bool) -> None:
    """Makes a change of a session visible to every function with the next request.

    Called after the commit that made the change. A plain SET, never a delete: a reader that filled the cache just
    before would bring the old state back. With Redis down the entry's own short life bounds the delay.
    """
    state = {"state": "active" if active else "revoked", "user_id": user_id, "roles": roles}
    life_s = ACTIVE_LIFE_S if active else REVOKED_LIFE_S
    try:
        cache.ask(lambda client: client.set(cache_key(session_id), json.dumps(state), ex=life_s))
    except cache.CacheUnavailable:
        return
