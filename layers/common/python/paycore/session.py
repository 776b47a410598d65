"""Who is calling: the session behind an access token, from Redis beside the limit, else from PostgreSQL."""

import json
import time
from typing import Any

from paycore import cache, directory, ids
from paycore.caller import Caller, cache_key
from paycore.errors import InvalidToken, SessionRevoked

ACTIVE_LIFE_S = 60  # a session that ends in PostgreSQL alone is noticed within this time
REVOKED_LIFE_S = 70 * 60  # longer than any access token lives


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
    found = directory.session_state(session_id)
    if found is None:
        return {"state": "revoked", "user_id": "", "roles": []}
    state = {
        "state": "active" if found.active else "revoked",
        "user_id": found.user_id,
        "roles": found.roles,
    }
    life_s = ACTIVE_LIFE_S if found.active else REVOKED_LIFE_S
    try:
        cache.ask(lambda client: client.set(cache_key(session_id), json.dumps(state), nx=True, ex=life_s))
    except cache.CacheUnavailable:
        return state
    return state


# A session that ended never comes back: an "active" that was decided just before must not replace a "revoked".
_KEEP_ACTIVE = """
local known = redis.call('GET', KEYS[1])
if known and cjson.decode(known).state == 'revoked' then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


def overwrite(session_id: str, user_id: str, roles: list[str], *, active: bool) -> None:
    """Makes a change of a session visible to every function with the next request.

    Called after the commit that made the change. A plain SET, never a delete: a reader that filled the cache just
    before would bring the old state back. With Redis down the entry's own short life bounds the delay.
    """
    state = json.dumps({"state": "active" if active else "revoked", "user_id": user_id, "roles": roles})
    key = cache_key(session_id)
    try:
        if active:
            cache.ask(lambda _: cache.script(_KEEP_ACTIVE)(keys=[key], args=[state, ACTIVE_LIFE_S]))
        else:
            cache.ask(lambda client: client.set(key, state, ex=REVOKED_LIFE_S))
    except cache.CacheUnavailable:
        return
