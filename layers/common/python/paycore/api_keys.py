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

from paycore import attempts, cache, directory
from paycore.caller import Caller, key_entry
from paycore.database import transaction
from paycore.errors import AddressNotAllowed, ApiKeyExpired, InvalidToken
from paycore.events.authentication import UserAuthenticationFailed
from paycore.observability import logger
from paycore.origin import Origin
from paycore.outbox import stage_event

STATE_LIFE_S = 60  # what is known of a key, an unknown one, too; a change is noticed at once, at the latest after this
MISUSE_WINDOW_S = 15 * 60  # as long as that of guesses: what is refused leaves one record in it, however often


def holder_of(digest: str, cached: str | None, origin: Origin) -> Caller:
    """The caller with this key; raises InvalidToken, ApiKeyExpired or AddressNotAllowed.

    `cached` is the key's entry of this request's one round trip to Redis, or None for a miss. Its owner proved a second
    factor when the key was made and said what it may do: nothing more is asked (decision 18).
    """
    state = json.loads(cached) if cached else None
    if state is None or state["state"] == "changed":
        state = _read_through(digest, origin.address)
    if state["state"] != "active":
        raise InvalidToken
    if state["expires_at"] <= time.time():
        raise ApiKeyExpired
    if not _is_allowed(origin.address, state["addresses"]):
        _tell_misuse(state["key_id"], state["user_id"], origin)
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


def _read_through(digest: str, address: str) -> dict[str, Any]:
    """The key as PostgreSQL has it; fills the cache, but never over an entry that is there.

    Nor from where the key may not be used: who may use it would not ask PostgreSQL then, which notes it.
    """
    found = directory.api_key_state(digest, address)
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
        if not _is_allowed(address, found.addresses):
            return state
    try:
        cache.ask(lambda client: client.set(key_entry(digest), json.dumps(state), nx=True, ex=STATE_LIFE_S))
    except cache.CacheUnavailable:
        return state
    return state


def _tell_misuse(key_id: str, user_id: str, origin: Origin) -> None:
    """Whoever is there has a key that is not theirs: a line in the log, and once in a window an audit record."""
    facts = {"request_id": origin.request_id, "key_id": key_id, "user_id": user_id}
    logger.warning("an API key was used from where it may not be", extra=facts)
    event = UserAuthenticationFailed(user_id=user_id, method="api_key", reason="address_not_allowed")
    with transaction() as connection:
        if attempts.take(connection, f"api-key-misuse:{key_id}", 1, MISUSE_WINDOW_S) is None:
            stage_event(
                connection,
                event,
                subject=key_id,
                partition_key=user_id,
                request_id=origin.request_id,
                network=origin.network,
            )


def _is_allowed(address: str, networks: list[str]) -> bool:
    return not networks or any(ipaddress.ip_address(address) in ipaddress.ip_network(each) for each in networks)
