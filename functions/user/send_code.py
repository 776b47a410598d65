"""Sends a one-time code: as a sealed field of an event, which the notification service opens and sends."""

from datetime import datetime

from functions.user import codes
from functions.user.stage import stage
from functions.user.store import Connection, one_time_codes
from paycore import clock, ids
from paycore.events.phone import UserPhoneVerificationAsked
from paycore.events.second_factor import UserMfaEnrollmentAsked
from paycore.events.user import UserPasswordForgotten, UserRegistered
from paycore.origin import Origin

_Asked = UserPasswordForgotten | UserMfaEnrollmentAsked | UserPhoneVerificationAsked
_EVENTS: dict[one_time_codes.Purpose, type[_Asked]] = {
    "password": UserPasswordForgotten,
    "second_factor": UserMfaEnrollmentAsked,
    "phone": UserPhoneVerificationAsked,
}


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


def send_code(
    connection: Connection,
    user_id: str,
    purpose: one_time_codes.Purpose,
    code: str,
    origin: Origin,
    *,
    phone: str | None = None,
) -> None:
    """Keeps a new code of somebody who has an account, and stages its event in the same way; `phone`: where it goes,
    if not to the mailbox.
    """
    code_id, event_id = ids.new("otc"), ids.new("evt")
    expires_at = one_time_codes.insert(
        connection,
        code_id=code_id,
        user_id=user_id,
        purpose=purpose,
        code_hmac=codes.kept_form(code_id, code, phone),
        life_minutes=codes.LIFE_MINUTES,
    )
    event = _EVENTS[purpose](
        user_id=user_id,
        sealed_code=codes.sealed_for_notice(code, event_id, phone),
        expires_at=clock.timestamp(expires_at),
    )
    stage(connection, event, user_id, origin, event_id=event_id)
