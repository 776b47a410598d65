"""Stages events of the user service: who acted is in the event, and here it is said by which request and from where."""

from functions.user.store import Connection
from paycore.events.envelope import EventData
from paycore.origin import Origin
from paycore.outbox import stage_event


def stage(
    connection: Connection,
    event: EventData,
    key: str,
    origin: Origin,
    *,
    subject: str | None = None,
    event_id: str | None = None,
) -> None:
    """One event about the person (or wallet) `key`, or about something of theirs (`subject`), in the key's order."""
    stage_event(
        connection,
        event,
        subject=subject or key,
        partition_key=key,
        request_id=origin.request_id,
        network=origin.network,
        event_id=event_id,
    )
