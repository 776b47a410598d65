"""Signs somebody in: a right password begins a session, or asks for the second factor."""

from dataclasses import dataclass
from typing import Any

from functions.user import attempts, devices, passwords
from functions.user.begin_session import PASSWORD_ONLY, Shown, sign_in, tell_signed_in
from functions.user.proof import Proof, Tries, forgive_tries, stage_failure, take_try
from functions.user.schemas import LogIn
from functions.user.second_factor.challenge import ask_for_code
from functions.user.second_factor.reset import finish_reset
from functions.user.signing_key import signing_key
from functions.user.store import Connection, Record, registrations, second_factors, users
from paycore.database import transaction
from paycore.errors import EmailNotVerified, InvalidCredentials, PaymentError
from paycore.events.authentication import Failure
from paycore.origin import Origin


def log_in(wanted: LogIn, origin: Origin) -> dict[str, Any]:
    """The new session's tokens, or a challenge where the account has a second factor.

    Raises InvalidCredentials, the same after the same time for an unknown address, a disabled account and a wrong
    password; EmailNotVerified only after the right password of a registration that waits, whether the address has an
    account or not; RateLimited after too many wrong ones.
    """
    signing_key()  # without it there is no session: better to know before one is written
    tried = _take_attempt(wanted, origin)
    known = tried.known
    # always both, so that the time tells nothing either
    right = passwords.matches(wanted.password, known.password_hash if known else None)
    pending_form = passwords.pending_form(wanted.password, wanted.email)
    if not right or known is None or not known.is_active:
        raise _refusal(wanted.email, pending_form, tried, "disabled" if right else "wrong", origin)
    if known.mfa_reset_is_due:
        finish_reset(known.user_id, origin)
    shown = Shown(wanted.device, wanted.device_token)
    renewed = passwords.kept_form(wanted.password) if passwords.is_outdated(known.password_hash) else None
    with transaction() as connection:
        # the account before the counters, as everybody locks them
        person = users.lock_signing_in(connection, known.user_id, known.password_hash)
        forgive_tries(connection, tried.tries)
        if person is not None and renewed is not None:
            users.renew_hash(connection, known.user_id, renewed)
        if person is not None and second_factors.find_active(connection, known.user_id):
            return ask_for_code(connection, known.user_id, shown, origin)
        if person is not None:
            begun = sign_in(connection, known.user_id, shown, PASSWORD_ONLY, origin)
        else:
            stage_failure(connection, tried.proof, "wrong", origin)
    if person is None:
        raise InvalidCredentials  # the account changed in between
    tell_signed_in(begun, person)
    return begun.body


@dataclass(frozen=True, slots=True)
class _Tried:
    """What the password is compared with, and where the attempt was counted."""

    known: Record | None
    tries: Tries

    @property
    def proof(self) -> Proof:
        return Proof(self.known.user_id if self.known else None, "password")


def _refusal(email: str, pending_form: str, tried: _Tried, reason: Failure, origin: Origin) -> PaymentError:
    """Why there is no session. The password of a registration is no guess, but it forgives nobody's guesses."""
    with transaction() as connection:
        if not registrations.awaits_verification(connection, email, pending_form):
            stage_failure(connection, tried.proof, reason, origin)
            return InvalidCredentials()
        for each in tried.tries.in_order:
            attempts.give_back(connection, each)
    return EmailNotVerified()


def _take_attempt(wanted: LogIn, origin: Origin) -> _Tried:
    """The account and the counters, before the password is looked at; raises RateLimited."""
    with transaction() as connection:
        known = users.credentials(connection, wanted.email)
        tried = _Tried(known, _tries(connection, known, wanted, origin))
        refusal = take_try(connection, tried.tries.in_order, tried.proof, origin)
    if refusal:
        raise refusal
    return tried


def _tries(connection: Connection, known: Record | None, wanted: LogIn, origin: Origin) -> Tries:
    shown = wanted.device_token
    if shown is not None and devices.is_known(connection, known.user_id if known else None, shown):
        return Tries(attempts.sign_ins_with(devices.digest(shown)))
    return Tries(attempts.sign_ins_to(wanted.email), attempts.sign_ins_from(origin.address))
