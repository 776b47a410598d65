"""Sends a new code for the one pending registration of an address. Every address gets the same answer."""

from functions.user import attempts, codes
from functions.user.send_code import stage_code
from functions.user.store import registrations
from paycore.database import transaction
from paycore.origin import Origin

GAP_S = 60  # between two mails: the first may still be on its way


def resend_verification(email: str, origin: Origin) -> None:
    """Replaces the code and its tries; does nothing for an address without a registration that waits, or too soon.

    Nor where several registrations wait: a code brings the password of one of them to life, and who asks here has
    not said which. The person then registers again. Where the address has an account, a registration of it gets a code
    that is dead and goes to nobody: whoever made that registration learns nothing from the time this takes.
    """
    attempts.admit(attempts.mails_from(origin.address))
    with transaction() as connection:
        pending = registrations.lock_renewable(connection, email, GAP_S)
        if pending is None or attempts.take_mail(connection, "resend", email, origin):
            return
        code = codes.new_code()
        kept = codes.kept_form(pending.id, code)
        life_minutes = 0 if pending.is_taken else codes.LIFE_MINUTES
        expires_at = registrations.renew(connection, pending.id, kept, life_minutes)
        told_end = codes.long_over(expires_at) if pending.is_taken else expires_at
        stage_code(connection, pending.id, pending.user_id, code, told_end, origin)
