"""Ends schedules with the API key that made them: who revokes a stolen key also ends what the thief began with it."""

from functions.transaction.schedules import store
from functions.transaction.schedules.announce import announce, ended_with_key
from functions.transaction.schedules.change_schedule import after_cancellation
from paycore.database import transaction
from paycore.events.api_key import UserApiKeyRevoked
from paycore.events.event import Event


def end_with_key(event: Event) -> None:
    """Cancels what the revoked key has made and may still run. Idempotent: a second delivery finds nothing left."""
    revoked = event.data
    if not isinstance(revoked, UserApiKeyRevoked) or not revoked.schedules_end:
        return
    with transaction() as connection:
        for row in store.lock_made_with(connection, revoked.user_id, revoked.key_id):
            store.move_on(connection, row.id, after_cancellation(row))
            announce(connection, ended_with_key(row), request_id=event.request_id, network=event.network)
