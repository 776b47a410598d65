"""A person's profile: as the API shows it, and sealed in the cache (Redis holds no personal data in clear)."""

import json
from dataclasses import replace
from typing import Any

from functions.user.keys import identity_ring
from functions.user.store.people import Person
from paycore import cache_entries, clock, ids
from paycore.crypto import CannotOpen

_PURPOSE = "profile-cache-3"  # the third shape, with phone_verified: what the release before has cached is a miss
_ROLE_ORDER = ("user", "merchant", "admin")


def user_body(person: Person) -> dict[str, Any]:
    """The account as its owner and an admin see it."""
    return {
        "object": "user",
        "id": person.id,
        "email": person.email,
        "full_name": person.full_name,
        "phone": person.phone,
        "phone_verified": person.phone_verified,
        "locale": person.locale,
        "roles": shown_roles(person.roles),
        "status": person.status,
        "email_verified": True,  # an account exists from then on only
        "mfa_enabled": person.mfa_enabled,
        "kyc_status": person.kyc_status,
        "version": person.version,
        "created_at": clock.timestamp(person.created_at),
        "updated_at": clock.timestamp(person.updated_at),
    }


def shown_roles(roles: list[str]) -> list[str]:
    """In the order of what they may do."""
    return sorted(roles, key=_ROLE_ORDER.index)


def remember(body: dict[str, Any], missed: cache_entries.Lookup) -> None:
    """Puts a profile that was just read into the cache, where it was missed."""
    if missed.key == cache_entries.user_key(body["id"]):
        sealed = identity_ring().seal(_PURPOSE, json.dumps(body), missed.key)
        cache_entries.fill(missed, body["version"], {"sealed": sealed})


def outdate(body: dict[str, Any]) -> None:
    """After the commit of a change: what the cache knows of this person is old."""
    cache_entries.outdate({cache_entries.user_key(body["id"]): body["version"]})


def renew(body: dict[str, Any], seen: cache_entries.Lookup) -> None:
    """After the commit of a change whose outcome is known: the cache has it, for as long as `seen` is young."""
    outdate(body)
    remember(body, replace(seen, key=cache_entries.user_key(body["id"])))


def entry_key(path: str, caller_id: str) -> str | None:
    """The cache entry of `/v1/users/me` and `/v1/users/{user_id}`; None for any other path."""
    collection, _, name = path.rpartition("/")
    user_id = caller_id if name == "me" else name
    return cache_entries.user_key(user_id) if collection == "/v1/users" and ids.is_id("usr", user_id) else None


def recall(user_id: str, cached: cache_entries.Lookup) -> dict[str, Any] | None:
    """The cached profile; None for a miss, and for an entry that another key sealed or that was moved here."""
    key = cache_entries.user_key(user_id)
    entry = cached.body(key)
    if entry is None:
        return None
    try:
        body: dict[str, Any] = json.loads(identity_ring().open(_PURPOSE, entry["sealed"], key))
    except CannotOpen:
        return None
    return body
