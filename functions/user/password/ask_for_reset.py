"""Sends a code that sets a new password. Every address gets the same answer."""

from functions.user import attempts, codes
from functions.user.send_code import send_code
from functions.user.store import users
from paycore.database import transaction
from paycore.origin import Origin


def ask_for_reset(email: str, origin: Origin) -> None:
    """Does nothing for an unknown address, a disabled account, or a mailbox that had enough; raises RateLimited for a
    source.
    """
    attempts.admit(attempts.mails_from(origin.address))
    with transaction() as connection:
        refusal = attempts.take_mail(connection, "password", email, origin)
        known = users.credentials(connection, email)
        if refusal is None and known is not None and known.is_active:
            send_code(connection, known.user_id, "password", codes.new_code(), origin)
