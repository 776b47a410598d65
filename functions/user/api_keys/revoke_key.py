"""Revokes an API key, effective with the next request anywhere. What it has scheduled ends with it, soon after."""

from functions.user.api_keys.render import event_facts
from functions.user.stage import stage
from functions.user.store import api_keys, schedules
from paycore import clock, ids
from paycore.api_keys import tell_changed
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import ApiKeyNotFound
from paycore.events.api_key import UserApiKeyRevoked
from paycore.origin import Origin


def revoke_key(caller: Caller, key_id: str, origin: Origin) -> None:
    """One of the caller's own; raises ApiKeyNotFound for a revoked, a foreign and an absent one."""
    if not ids.is_id("key", key_id):
        raise ApiKeyNotFound
    with transaction() as connection:
        revoked = api_keys.revoke(connection, caller.user_id, key_id)
        if revoked is None:
            raise ApiKeyNotFound
        event = UserApiKeyRevoked(
            **event_facts(revoked),
            live_schedules=schedules.count_live(connection, caller.user_id, key_id),
            # whoever tidies up expired ones does not mean what they began
            schedules_end=revoked.expires_at > clock.now(),
        )
        stage(connection, event, caller.user_id, origin, subject=key_id)
    tell_changed([revoked.digest])
