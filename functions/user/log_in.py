"""Signs somebody in: a right password begins a session."""

from typing import Any

from functions.user import attempts, passwords
from functions.user.begin_session import Begun, begin_session
from functions.user.origin import Origin
from functions.user.schemas import LogIn
from functions.user.session_body import session_body
from functions.user.signing_key import signing_key
from functions.user.store import Connection, Record, registrations, users
from paycore import session
from paycore.database import transaction
from paycore.errors import EmailNotVerified, InvalidCredentials, PaymentError
from paycore.events.user import UserLoggedIn
from paycore.outbox import stage_event

_METHODS = ["pwd"]  # RFC 8176


def log_in(wanted: LogIn, origin: Origin) -> dict[str, Any]:
    """The new session's tokens.

    Raises InvalidCredentials, the same after the same time for an unknown address, a disabled account and a wrong
    password; EmailNotVerified only after the right password of a registration that waits, whether the address has an
    account or not; RateLimited after too many wrong ones.
    """
    signing_key()  # without it there is no session: better to know before one is written
    known = _take_attempt(wanted.email, origin)
    # always both, so that the time tells nothing either
    right = passwords.matches(wanted.password, known.password_hash if known else None)
    pending_form = passwords.pending_form(wanted.password, wanted.email)
    if not right or known is None or not known.is_active:
        raise _refusal(wanted.email, pending_form, origin)
    with transaction() as connection:
        attempts.give_back(connection, attempts.sign_ins_from(origin.address))
        attempts.forgive(connection, attempts.sign_ins_to(wanted.email))
        begins = _begin(connection, known, wanted.device, origin.request_id)
    if begins is None:
        raise InvalidCredentials
    begun, person = begins
    session.overwrite(begun.session.id, known.user_id, person.roles, person.version)
    return session_body(begun.session, begun.refresh)


def _refusal(email: str, pending_form: str, origin: Origin) -> PaymentError:
    """Why there is no session. The password of a registration is no guess, but it forgives nobody's guesses."""
    with transaction() as connection:
        if not registrations.awaits_verification(connection, email, pending_form):
            return InvalidCredentials()
        attempts.give_back(connection, attempts.sign_ins_from(origin.address))
        attempts.give_back(connection, attempts.sign_ins_to(email))
    return EmailNotVerified()


def _take_attempt(email: str, origin: Origin) -> Record | None:
    """What the password is compared with, after the attempt was counted; raises RateLimited."""
    with transaction() as connection:
        # the source first: one that is locked out must not be able to lock accounts
        refusal = attempts.take(connection, attempts.sign_ins_from(origin.address)) or attempts.take(
            connection, attempts.sign_ins_to(email)
        )
        known = None if refusal else users.credentials(connection, email)
    if refusal:
        raise refusal
    return known


def _begin(connection: Connection, known: Record, device: str | None, request_id: str) -> tuple[Begun, Record] | None:
    """The session with its event, and who it is; None where the account changed in between."""
    person = users.lock_signing_in(connection, known.user_id, known.password_hash)
    if person is None:
        return None
    begun = begin_session(connection, known.user_id, device=device, amr=_METHODS)
    stage_event(
        connection,
        UserLoggedIn(user_id=known.user_id, session_id=begun.session.id),
        subject=known.user_id,
        partition_key=known.user_id,
        request_id=request_id,
    )
    return begun, person
