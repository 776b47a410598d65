"""Sends a one-time code: as a sealed field of an event, which the notification service opens and mails."""

from datetime import datetime

from functions.user import codes
from functions.user.origin import Origin
from functions.user.stage import stage
from functions.user.store import Connection
from paycore import clock, ids
from paycore.events.user import UserRegistered


def stage_code(
    connection: Connection,
    registration_id: str,
    user_id: str,
    code: str,
    expires_at: datetime,
    origin: Origin,
) -> None:
    """Stages the event with the code sealed under the event's own id, so that it opens in this event only."""
    event_id = ids.new("evt")
    event = UserRegistered(
        user_id=user_id,
        registration_id=registration_id,
        sealed_code=codes.sealed_for_notice(code, event_id),
        expires_at=clock.timestamp(expires_at),
    )
    stage(connection, event, user_id, origin, event_id=event_id)
