"""Who is calling: the session behind an access token, from Redis beside the limit, else from PostgreSQL."""

import json
import time
from collections.abc import Sequence
from typing import Any

from paycore import api_keys, cache, directory, ids
from paycore.caller import Caller, cache_key
from paycore.errors import STEP_UP_LIFE_S, InvalidToken, SessionRevoked
from paycore.origin import Origin

ACTIVE_LIFE_S = 60  # a session that ends in PostgreSQL alone is noticed within this time
REVOKED_LIFE_S = 70 * 60  # longer than any access token lives


def caller_of(authorizer: dict[str, Any], cached: str | None, origin: Origin) -> Caller:
    """The caller named by the authorizer's context; raises InvalidToken or SessionRevoked, or as `api_keys` says.

    The gateway caches the authorizer's answer for 60 s, so the expiry is checked again. `cached` is the entry of the
    session or key in this request's one round trip to Redis, or None for a miss.
    """
    _tell_again()
    if "api_key" in authorizer:
        return api_keys.holder_of(str(authorizer["api_key"]), cached, origin)
    try:
        user_id, session_id = str(authorizer["user_id"]), str(authorizer["session_id"])
        expires, auth_time = int(authorizer["exp"]), int(authorizer["auth_time"])
        methods = str(authorizer["amr"]).split()
    except (KeyError, ValueError) as trouble:
        raise InvalidToken from trouble
    now = time.time()
    if expires <= now:
        raise InvalidToken
    state = json.loads(cached) if cached else _read_through(session_id)
    if state["state"] != "active" or state["user_id"] != user_id:
        raise SessionRevoked
    recently, factor = now - auth_time <= STEP_UP_LIFE_S, "otp" in methods
    return Caller(
        user_id,
        session_id,
        frozenset(state["roles"]),
        second_factor=factor,
        stepped_up=recently and factor,
        signed_in_recently=recently,
        kyc_verified=state.get("kyc_verified", False),  # absent: written by the release before
    )


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
        "kyc_verified": found.kyc_verified,
    }
    life_s = ACTIVE_LIFE_S if found.active else REVOKED_LIFE_S
    try:
        cache.ask(lambda client: client.set(cache_key(session_id), json.dumps(state), nx=True, ex=life_s))
    except cache.CacheUnavailable:
        return state
    return state


# A session that ended never comes back: an "active" that was decided just before must not replace a "revoked", nor what
# an older version of the account may do that of a newer one.
_KEEP_ACTIVE = """
local text = redis.call('GET', KEYS[1])
if text then
  local known = cjson.decode(text)
  if known.state == 'revoked' or (known.version or 0) > tonumber(ARGV[3]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""

# Ended sessions that Redis does not know of yet. "Revoked" is final, so saying it late is as right as at once.
_untold: dict[str, str] = {}
_UNTOLD_MAX = 1000


def overwrite(session_id: str, user_id: str, roles: list[str], version: int, *, kyc_verified: bool) -> None:
    """Makes what a live session may do, as of this version of the account, visible to every function at once.

    Called after the commit that made the change. Never a delete: a reader that filled the cache just before would
    bring the old state back. Without Redis the entry's own short life bounds the delay.
    """
    state = {
        "state": "active",
        "user_id": user_id,
        "roles": roles,
        "version": version,
        "kyc_verified": kyc_verified,
    }
    keys, args = [cache_key(session_id)], [json.dumps(state), ACTIVE_LIFE_S, version]
    cache.tell(lambda _: cache.script(_KEEP_ACTIVE)(keys=keys, args=args))


def revoke(session_id: str, user_id: str) -> None:
    """Makes the end of a session visible to every function with the next request. Called after its commit.

    Without Redis functions read PostgreSQL. Where only this environment cannot reach it, it says so again at its next
    request; a session that was in the cache is accepted until then, for ACTIVE_LIFE_S at most.
    """
    _tell_again()
    if not cache.tell(lambda client: _write_revoked(client, session_id, user_id)) and len(_untold) < _UNTOLD_MAX:
        _untold[session_id] = user_id


def repeat(user_ids: Sequence[str]) -> None:
    """Says once more of these people's sessions what PostgreSQL has of them: whoever changed it may have died first."""
    for known in directory.sessions_of(user_ids) if user_ids else ():
        if known.active:
            overwrite(known.id, known.user_id, known.roles, known.version, kyc_verified=known.kyc_verified)
        else:
            revoke(known.id, known.user_id)


def _tell_again() -> None:
    for session_id, user_id in list(_untold.items()):
        try:
            cache.ask(lambda client, s=session_id, u=user_id: _write_revoked(client, s, u))  # type: ignore[misc]
        except cache.CacheUnavailable:
            return
        del _untold[session_id]


def _write_revoked(client: Any, session_id: str, user_id: str) -> None:
    state = json.dumps({"state": "revoked", "user_id": user_id, "roles": []})
    client.set(cache_key(session_id), state, ex=REVOKED_LIFE_S)
