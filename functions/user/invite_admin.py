"""Invites an admin: a code that only an operator gets, and with which the person sets a password of the own."""

from functions.user import codes
from functions.user.store import registrations
from paycore import clock, ids
from paycore.database import transaction
from paycore.events.user import UserInvited
from paycore.outbox import stage_event

OPERATOR = "operator"  # the actor who has no account; AWS knows who it was, by the request's id
_UNKNOWN_NAME = ""  # the person tells it when accepting


def invite_admin(email: str, request_id: str) -> str:
    """The code for POST /v1/auth/accept-invitation, good for a day. It is kept as an HMAC only and never mailed."""
    registration_id, code = ids.new("reg"), codes.new_invitation_code()
    invitation = registrations.Registration(
        id=registration_id,
        user_id=ids.new("usr"),
        kind="invitation",
        email=email,
        full_name=_UNKNOWN_NAME,
        phone=None,
        locale="en",
        roles=["user", "admin"],
        password_hash=None,
        code_hmac=codes.kept_form(registration_id, code),
        code_life_minutes=codes.INVITATION_LIFE_MINUTES,
    )
    with transaction() as connection:
        expires_at = clock.timestamp(registrations.insert(connection, invitation))
        event = UserInvited(invitation.user_id, registration_id, invitation.roles, OPERATOR, expires_at)
        stage_event(connection, event, subject=registration_id, partition_key=invitation.user_id, request_id=request_id)
    return code
