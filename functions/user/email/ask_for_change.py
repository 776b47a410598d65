"""Asks for another address: a code goes to it, if nobody has it, and the present one is told, whether or not."""

from functions.user import attempts, codes
from functions.user.email.schemas import ChangeEmail
from functions.user.lock_caller import lock_caller
from functions.user.password.own_credentials import credentials_to_prove, require_password
from functions.user.stage import stage
from functions.user.store import Connection, email_changes, users
from functions.user.store.users import OwnCredentials
from paycore import clock, ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.events.user import UserEmailChangeAsked
from paycore.origin import Origin


def ask_for_change(caller: Caller, wanted: ChangeEmail, origin: Origin) -> None:
    """Nobody learns here whether the address has an account: in all that the caller can see, a change to one that has
    is asked for like any other. Its code alone goes to nobody.

    Raises StepUpRequired of somebody with a second factor, InvalidCredentials for a wrong password, RateLimited after
    too many, or too many mails from a source.
    """
    known = credentials_to_prove(caller, origin, factor=True)
    require_password(caller, known, wanted.current_password, origin)
    attempts.admit(attempts.mails_from(origin.address))
    with transaction() as connection:
        lock_caller(connection, caller)
        refusal = attempts.take_mail(connection, "email", wanted.email, origin)
        if refusal is None:
            _stage(connection, caller.user_id, known, wanted.email, origin)


def _stage(connection: Connection, user_id: str, known: OwnCredentials, email: str, origin: Origin) -> None:
    is_taken = users.exists(connection, email)
    change_id, code, event_id = ids.new("eml"), codes.new_code(), ids.new("evt")
    # of a taken address not even the code of the event fits, should its owner leave it
    kept_code = codes.new_code() if is_taken else code
    change = email_changes.EmailChange(
        id=change_id,
        notice_id=ids.new("eml"),
        user_id=user_id,
        old_email=known.email,
        new_email=email,
        code_hmac=codes.kept_form(change_id, kept_code),
        life_minutes=codes.LIFE_MINUTES,
    )
    expires_at = email_changes.insert(connection, change, known.key)
    event = UserEmailChangeAsked(
        user_id=user_id,
        change_id=change_id,
        notice_id=change.notice_id,
        sealed_code=codes.sealed_for_notice(code, event_id),
        expires_at=clock.timestamp(codes.long_over(expires_at) if is_taken else expires_at),
    )
    stage(connection, event, user_id, origin, event_id=event_id)
