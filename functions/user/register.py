"""Registers somebody: a pending registration and a code to its address. A taken address gets the same answer."""

from functions.user import attempts, codes, passwords
from functions.user.schemas import Register
from functions.user.send_code import stage_code
from functions.user.store import Connection, registrations, users
from paycore import ids
from paycore.database import transaction
from paycore.origin import Origin


def register(wanted: Register, origin: Origin) -> None:
    """Nothing in the answer or its time tells whether the address has an account; raises RateLimited for a source.

    The account begins with the verification. Until then several may register one address: each with a password of
    their own, which only the code of that very registration brings to life.
    """
    attempts.admit(attempts.mails_from(origin.address))
    password_hash = passwords.pending_form(wanted.password, wanted.email)  # the slow part, whatever comes of it
    registration_id, code = ids.new("reg"), codes.new_code()
    with transaction() as connection:
        is_mailed = _may_mail(connection, wanted.email, origin)
        registration = registrations.Registration(
            id=registration_id,
            user_id=ids.new("usr"),
            kind="self",
            email=wanted.email,
            full_name=wanted.full_name,
            phone=wanted.phone,
            locale=wanted.locale,
            roles=["user"],
            password_hash=password_hash,
            code_hmac=codes.kept_form(registration_id, code),
            code_life_minutes=codes.LIFE_MINUTES if is_mailed else 0,
        )
        # also where no mail goes out: while two registrations wait, no code is sent again for either of them
        expires_at = registrations.insert(connection, registration)
        told_end = expires_at if is_mailed else codes.long_over(expires_at)
        stage_code(connection, registration_id, registration.user_id, code, told_end, origin)


def _may_mail(connection: Connection, email: str, origin: Origin) -> bool:
    """Whether the mailbox gets a code: it has no account, and neither it nor this source had enough for now."""
    refusal = attempts.take_mail(connection, "registration", email, origin)
    return not users.exists(connection, email) and refusal is None
