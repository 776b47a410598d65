"""Makes API keys: a new one, or one in the place of another. The key itself is told once and kept nowhere."""

from typing import Any

from functions.user.api_keys.render import event_facts, key_body
from functions.user.api_keys.schemas import MakeApiKey, RollApiKey
from functions.user.lock_caller import lock_caller
from functions.user.stage import stage
from functions.user.store import Connection, Record, api_keys, schedules
from paycore import ids
from paycore.api_key_text import SHOWN_CHARACTERS, digest, new_key
from paycore.api_keys import tell_changed
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import ApiKeyNotFound, Forbidden, TooManyApiKeys
from paycore.events.api_key import UserApiKeyCreated, UserApiKeyRolled
from paycore.origin import Origin

KEYS_MAX = 20  # of one person, that may be used


def make_key(caller: Caller, wanted: MakeApiKey, origin: Origin) -> dict[str, Any]:
    """A new key. Raises TooManyApiKeys, and Forbidden for a scope that the caller lacks."""
    if not all(caller.may(scope) for scope in wanted.scopes):
        raise Forbidden
    with transaction() as connection:
        lock_caller(connection, caller)
        secret, key = _insert(
            connection, caller.user_id, wanted.name, wanted.scopes, wanted.ip_allowlist, wanted.expires_in_days
        )
        event = UserApiKeyCreated(**event_facts(key), scopes=list(key.scopes))
        stage(connection, event, caller.user_id, origin, subject=key.id)
    return {**key_body(key), "secret": secret}


def roll_key(caller: Caller, key_id: str, wanted: RollApiKey, origin: Origin) -> dict[str, Any]:
    """A key like this one, which ends after the overlap. Raises ApiKeyNotFound, also for one that has ended."""
    if not ids.is_id("key", key_id):
        raise ApiKeyNotFound
    with transaction() as connection:
        lock_caller(connection, caller)
        old = api_keys.lock_live(connection, caller.user_id, key_id)
        if old is None:
            raise ApiKeyNotFound
        secret, key = _insert(connection, caller.user_id, old.name, old.scopes, old.addresses, wanted.expires_in_days)
        old = api_keys.end_soon(connection, old.id, wanted.overlap_seconds)
        live = schedules.count_live(connection, caller.user_id, old.id)
        event = UserApiKeyRolled(**event_facts(old), successor_id=key.id, live_schedules=live)
        stage(connection, event, caller.user_id, origin, subject=old.id)
    tell_changed([old.digest])
    return {**key_body(key), "secret": secret}


def _insert(
    connection: Connection, user_id: str, name: str, scopes: list[Any], addresses: list[str], life_days: int
) -> tuple[str, Record]:
    """The key and what is kept of it; the person is locked already, so that nobody has more than may be."""
    if api_keys.count_live(connection, user_id) >= KEYS_MAX:
        raise TooManyApiKeys(api_keys_max=KEYS_MAX)
    secret = new_key()
    kept = api_keys.NewKey(
        id=ids.new("key"),
        user_id=user_id,
        name=name,
        shown=secret[:SHOWN_CHARACTERS],
        digest=digest(secret),
        scopes=sorted(set(scopes)),
        addresses=sorted(set(addresses)),
        life_days=life_days,
    )
    return secret, api_keys.insert(connection, kept)
