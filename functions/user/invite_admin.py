"""Invites an admin: a code that only an operator gets, and with which the person sets a password of the own."""

from functions.user import codes
from functions.user.store import registrations
from paycore import clock, ids
from paycore.database import transaction
from paycore.email_address import EmailAddress
from paycore.events.user import UserInvited
from paycore.fields import FreeText, Name, StrictModel
from paycore.outbox import stage_event

OPERATOR = "operator"  # the actor who has no account; the invitation's own record says who it was (decision 42)
_UNKNOWN_NAME = ""  # the person tells it when accepting


class InviteAdmin(StrictModel):
    """What an operator says: whom to invite, who they are themselves, and why. The last two are kept for good."""

    email: EmailAddress
    operator: Name
    reason: FreeText


def invite_admin(wanted: InviteAdmin, request_id: str) -> str:
    """The code for POST /v1/auth/accept-invitation, good for a day. It is kept as an HMAC only and never mailed."""
    registration_id, code = ids.new("reg"), codes.new_invitation_code()
    invitation = registrations.Registration(
        id=registration_id,
        user_id=ids.new("usr"),
        kind="invitation",
        email=wanted.email,
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
        event = UserInvited(
            user_id=invitation.user_id,
            registration_id=registration_id,
            roles=invitation.roles,
            actor_id=OPERATOR,
            expires_at=expires_at,
            operator=wanted.operator,
            reason=wanted.reason,
        )
        stage_event(connection, event, subject=registration_id, partition_key=invitation.user_id, request_id=request_id)
    return code
