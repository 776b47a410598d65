"""Sends a one-time code: as a sealed field of an event, which the notification service opens and mails."""

from datetime import datetime

from functions.user import codes
from functions.user.store import Connection
from paycore import clock, ids
from paycore.events.user import UserRegistered
from paycore.outbox import stage_event


def stage_code(
    connection: Connection,
    registration_id: str,
    user_id: str,
    code: str,
    expires_at: datetime,
    request_id: str,
) -> None:
    """Stages the event with the code sealed under the event's own id, so that it opens in this event only."""
    event_id = ids.new("evt")
    event = UserRegistered(
        user_id=user_id,
        registration_id=registration_id,
        sealed_code=codes.sealed_for_notice(code, event_id),
        expires_at=clock.timestamp(expires_at),
    )
    stage_event(connection, event, subject=user_id, partition_key=user_id, request_id=request_id, event_id=event_id)
