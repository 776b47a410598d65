"""Sends a code that sets a new password. Every address gets the same answer."""

from functions.user import attempts, codes
from functions.user.origin import Origin
from functions.user.stage import stage
from functions.user.store import Connection, one_time_codes, users
from paycore import clock, ids
from paycore.database import transaction
from paycore.events.user import UserPasswordForgotten


def ask_for_reset(email: str, origin: Origin) -> None:
    """Does nothing for an unknown address, a disabled account, or a mailbox that had enough; raises RateLimited for a
    source.
    """
    attempts.admit(attempts.mails_from(origin.address))
    with transaction() as connection:
        refusal = attempts.take(connection, attempts.mails_to_by(email, origin.address)) or attempts.take(
            connection, attempts.mails_to(email)
        )
        known = users.credentials(connection, email)
        if refusal is None and known is not None and known.is_active:
            _send(connection, known.user_id, origin)


def _send(connection: Connection, user_id: str, origin: Origin) -> None:
    code_id, code, event_id = ids.new("otc"), codes.new_reset_code(), ids.new("evt")
    expires_at = one_time_codes.insert(
        connection,
        code_id=code_id,
        user_id=user_id,
        purpose="password",
        code_hmac=codes.kept_form(code_id, code),
        life_minutes=codes.LIFE_MINUTES,
    )
    event = UserPasswordForgotten(
        user_id=user_id,
        sealed_code=codes.sealed_for_notice(code, event_id),
        expires_at=clock.timestamp(expires_at),
    )
    stage(connection, event, user_id, origin, event_id=event_id)
