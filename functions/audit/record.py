"""Writes one audit record for each event: who did what to which object, from where, why, and by which request."""

from functions.audit import store
from paycore import clock
from paycore.events.event import Event

# A one-time code is sealed, and even so it belongs in no archive. What somebody calls an API key is erased with the
# account (docs/decisions/0019), and records stay.
_NEVER_KEPT = {"sealed_code", "name"}


def record(event: Event) -> None:
    """Adds the record unless it is there: the event's id is the record's."""
    data = {name: value for name, value in event.data.data().items() if name not in _NEVER_KEPT}
    store.insert(
        {
            "_id": event.id,
            # an event that names its actor may say that nobody knows who it was
            "actor": data["actor_id"] if "actor_id" in data else data.get("user_id") or data.get("owner_id"),
            "action": event.type,
            "resource": event.subject,
            "reason": data.get("reason"),
            "request_id": event.request_id,
            "network": event.network,
            "occurred_at": event.time,
            "recorded_at": clock.timestamp(clock.now()),
            "data": data,
        }
    )
