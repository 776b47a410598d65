"""Invites an admin: a code that only an operator gets, and with which the person sets a password of the own."""

from functions.user import codes
from functions.user.store import registrations
from paycore import ids
from paycore.database import transaction

_UNKNOWN_NAME = ""  # the person tells it when accepting


def invite_admin(email: str) -> str:
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
        registrations.insert(connection, invitation)
    return code
