"""Who is calling: the session behind an access token, from Redis beside the limit, else from PostgreSQL."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
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


# Ended sessions that Redis does not know of yet. "Revoked" is final, so saying it late is as right as at once.
_untold: dict[str, str] = {}
_UNTOLD_MAX = 1000
_TOGETHER_MAX = 500  # entries in one round trip: of Redis's time some two milliseconds

# A session that ended never comes back: an "active" that was decided just before must not replace a "revoked", nor what
# an older version of the account may do that of a newer one. "Revoked" has no version and replaces everything.
_SAY = """
for n, key in ipairs(KEYS) do
  local state, life_s, version = ARGV[3 * n - 2], ARGV[3 * n - 1], tonumber(ARGV[3 * n])
  local text = version and redis.call('GET', key)
  local known = text and cjson.decode(text)
  if not known or (known.state ~= 'revoked' and (known.version or 0) <= version) then
    redis.call('SET', key, state, 'EX', life_s)
  end
end
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is said of a session; `version` is that of its account, None of one that has ended."""

    session_id: str
    user_id: str
    state: dict[str, Any]
    version: int | None

    @property
    def args(self) -> tuple[str, int, int | str]:
        if self.version is None:
            return json.dumps(self.state), REVOKED_LIFE_S, ""
        return json.dumps(self.state), ACTIVE_LIFE_S, self.version


def overwrite(session_ids: Sequence[str], user_id: str, roles: list[str], version: int, *, kyc_verified: bool) -> None:
    """Makes what live sessions may do, as of this version of the account, visible to every function at once.

    Called after the commit that made the change. Never a delete: a reader that filled the cache just before would
    bring the old state back. Without Redis the entry's own short life bounds the delay.
    """
    _say([_active(session_id, user_id, roles, version, kyc_verified) for session_id in session_ids])


def revoke(session_ids: Sequence[str], user_id: str) -> None:
    """Makes the end of sessions visible to every function with the next request. Called after its commit.

    Without Redis functions read PostgreSQL. Where only this environment cannot reach it, it says so again at its next
    request; a session that was in the cache is accepted until then, for ACTIVE_LIFE_S at most.
    """
    _say([_revoked(session_id, user_id) for session_id in session_ids])


def repeat(user_ids: Sequence[str]) -> None:
    """Says once more of these people's sessions what PostgreSQL has of them: whoever changed it may have died first."""
    _say(
        [
            _active(known.id, known.user_id, known.roles, known.version, known.kyc_verified)
            if known.active
            else _revoked(known.id, known.user_id)
            for known in (directory.sessions_of(user_ids) if user_ids else ())
        ]
    )


def _active(session_id: str, user_id: str, roles: list[str], version: int, kyc_verified: bool) -> _Entry:
    state = {"state": "active", "user_id": user_id, "roles": roles, "version": version, "kyc_verified": kyc_verified}
    return _Entry(session_id, user_id, state, version)


def _revoked(session_id: str, user_id: str) -> _Entry:
    return _Entry(session_id, user_id, {"state": "revoked", "user_id": user_id, "roles": []}, None)


def _say(entries: Sequence[_Entry]) -> None:
    """Many in one round trip: a person's sessions must not keep the relay of all."""
    _tell_again()
    for some in _parts(entries):
        if not cache.tell(partial(_write, entries=some)):
            for entry in some:
                if entry.version is None and len(_untold) < _UNTOLD_MAX:
                    _untold[entry.session_id] = entry.user_id


def _tell_again() -> None:
    for some in _parts([_revoked(session_id, user_id) for session_id, user_id in _untold.items()]):
        try:
            cache.ask(partial(_write, entries=some))
        except cache.CacheUnavailable:
            return
        for entry in some:
            del _untold[entry.session_id]


def _parts(entries: Sequence[_Entry]) -> Iterator[Sequence[_Entry]]:
    return (entries[start : start + _TOGETHER_MAX] for start in range(0, len(entries), _TOGETHER_MAX))


def _write(_: Any, entries: Sequence[_Entry]) -> None:
    keys = [cache_key(entry.session_id) for entry in entries]
    cache.script(_SAY)(keys=keys, args=[each for entry in entries for each in entry.args])
