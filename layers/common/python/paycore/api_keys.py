"""Who is calling with an API key: its state from Redis beside the limit, else from PostgreSQL.

The authorizer has seen the form of the key only and hands on its digest. A key acts for its owner, with the owner's
roles of now, within its scopes, from its addresses, until it expires.
"""

import ipaddress
import json
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from paycore import cache, directory
from paycore.caller import Caller, key_entry
from paycore.errors import AddressNotAllowed, ApiKeyExpired, InvalidToken
from paycore.origin import Origin

STATE_LIFE_S = 60  # what is known of a key, an unknown one, too; a change is noticed at once, at the latest after this


def holder_of(digest: str, cached: str | None, origin: Origin) -> Caller:
    """The caller with this key; raises InvalidToken, ApiKeyExpired or AddressNotAllowed.

    `cached` is the key's entry of this request's one round trip to Redis, or None for a miss. Its owner proved a second
    factor when the key was made and said what it may do: nothing more is asked (decision 18).
    """
    state = json.loads(cached) if cached else None
    if state is None or state["state"] == "changed":
        state = _read_through(digest)
    if state["state"] != "active":
        raise InvalidToken
    if state["expires_at"] <= time.time():
        raise ApiKeyExpired
    if not _is_allowed(origin.address, state["addresses"]):
        raise AddressNotAllowed
    return Caller(
        state["user_id"],
        state["key_id"],
        frozenset(state["roles"]),
        scopes=frozenset(state["scopes"]),
        stepped_up=True,
        kyc_verified=state.get("kyc_verified", False),  # absent: written by the release before
    )


def tell_changed(digests: Iterable[str]) -> None:
    """After the commit of a change of keys or of their owner: what Redis knows of them is void.

    Never a delete: a reader that asked PostgreSQL before the commit would bring the old state back. While the entry
    says "changed", every function reads PostgreSQL and keeps nothing.
    """
    entries = [key_entry(digest) for digest in digests]
    for entry in entries:
        cache.tell(partial(_write_changed, entry=entry))


def _write_changed(client: Any, entry: str) -> None:
    client.set(entry, json.dumps({"state": "changed"}), ex=STATE_LIFE_S)


def _read_through(digest: str) -> dict[str, Any]:
    """The key as PostgreSQL has it; fills the cache, but never over an entry that is there."""
    found = directory.api_key_state(digest)
    state: dict[str, Any] = {"state": "unknown"}
    if found is not None:
        state = {
            "state": "active",
            "key_id": found.key_id,
            "user_id": found.user_id,
            "roles": found.roles,
            "scopes": found.scopes,
            "addresses": found.addresses,
            "expires_at": found.expires_at,
            "kyc_verified": found.kyc_verified,
        }
    try:
        cache.ask(lambda client: client.set(key_entry(digest), json.dumps(state), nx=True, ex=STATE_LIFE_S))
    except cache.CacheUnavailable:
        return state
    return state


def _is_allowed(address: str, networks: list[str]) -> bool:
    return not networks or any(ipaddress.ip_address(address) in ipaddress.ip_network(each) for each in networks)
