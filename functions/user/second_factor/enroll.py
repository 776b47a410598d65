"""Enrols a second factor: a seed for the phone, active with its first code and, of an admin, one from the mail."""

from typing import Any

from functions.user.lock_caller import lock_caller
from functions.user.password.own_credentials import credentials_to_prove, require_password
from functions.user.profile import outdate, user_body
from functions.user.proof import Proof, forgive_tries, stage_failure
from functions.user.second_factor import code, mailed_code, recovery_codes, totp
from functions.user.second_factor.schemas import ConfirmFactor, EnrollFactor
from functions.user.store import Connection, Record, known_devices, second_factors, sessions, users
from functions.user.store.people import Person
from paycore import session
from paycore.caller import Caller
from paycore.database import one_statement, transaction
from paycore.errors import InvalidCode, MfaEnrolled, MfaNotEnrolled
from paycore.origin import Origin

_FIRST_STEP = 0


def enroll(caller: Caller, wanted: EnrollFactor, origin: Origin) -> dict[str, Any]:
    """The seed, shown this once; one that no code has confirmed is forgotten.

    The password is asked for: a stolen access token alone must not get a factor of the thief's. Nor must the password
    alone get one of an admin's account, so a code goes to its address. Raises InvalidCredentials, RateLimited (of
    mails, too), MfaEnrolled.
    """
    known = credentials_to_prove(caller, origin)
    require_password(caller, known, wanted.password, origin)
    seed = totp.new_seed()
    with transaction() as connection:
        person = lock_caller(connection, caller)
        mailed = mailed_code.is_needed(person)
        refusal = mailed_code.take_mail(connection, person, origin) if mailed else None
        made = refusal is None and second_factors.put_pending(
            connection, caller.user_id, code.sealed_seed(caller.user_id, seed)
        )
        if made and mailed:
            mailed_code.send(connection, person, origin)
    if refusal:
        raise refusal
    if not made:
        raise MfaEnrolled
    uri = totp.otpauth_uri(seed, known.email)
    return {
        "object": "mfa_enrollment",
        "secret": seed,
        "otpauth_uri": uri,
        "qr_code_svg": totp.qr_code(uri),
        "email_code_required": mailed,
    }


def confirm(caller: Caller, wanted: ConfirmFactor, origin: Origin) -> dict[str, Any]:
    """The recovery codes, shown this once; the factor is active, and all other sessions end.

    The session has shown the factor with this: its next access token says so.

    Raises InvalidCode where a code is wrong or, of an admin, the mailed one is missing; RateLimited, MfaNotEnrolled,
    MfaEnrolled.
    """
    # before the try: where nothing waits there is nothing to guess
    _require_pending(one_statement(lambda connection: second_factors.find(connection, caller.user_id)))
    tries = code.tries_in(caller, wanted.code)
    code.admit_try(caller.user_id, wanted.code, tries, origin, caller)
    with transaction() as connection:
        person = lock_caller(connection, caller)
        factor = _require_pending(second_factors.lock(connection, caller.user_id))
        step = _first_step(connection, caller, person, factor, wanted, origin)
        if isinstance(step, int):
            forgive_tries(connection, tries)
            mailed_code.use_up(connection, person)
            second_factors.activate(connection, caller.user_id, step)
            sessions.step_up(connection, caller.user_id, caller.session_id)
            fresh = recovery_codes.renew(connection, caller.user_id)
            person = users.touch(connection, caller.user_id)
            code.stage_change(connection, caller.user_id, "enabled", origin, version=person.version)
            ended = sessions.end_others(connection, caller.user_id, caller.session_id, "second_factor")
            known_devices.forget_of_sessions(connection, caller.user_id, ended, but_of=caller.session_id)
        else:
            stage_failure(connection, step, "wrong", origin)
    if isinstance(step, Proof):
        raise InvalidCode  # after the commit: the try counts
    session.revoke(ended, caller.user_id)
    outdate(user_body(person))
    return {"object": "recovery_codes", "codes": fresh}


def _require_pending(factor: Record | None) -> Record:
    if factor is None:
        raise MfaNotEnrolled
    if factor.activated_at is not None:
        raise MfaEnrolled
    return factor


def _first_step(
    connection: Connection, caller: Caller, person: Person, factor: Record, wanted: ConfirmFactor, origin: Origin
) -> int | Proof:
    """The step of the phone's code; what was not shown where it, or the mailed one that an admin needs, is wrong."""
    # looked at whatever the phone's code is: each try of it counts
    if mailed_code.is_needed(person) and not mailed_code.fits(connection, person, wanted.email_code, origin):
        return Proof(person.id, "second_factor_code", caller)
    seed = code.opened_seed(person.id, factor.sealed_seed)
    step = totp.step_of(seed, wanted.code, _FIRST_STEP) if seed is not None else None
    return step if step is not None else code.proof_of(person.id, wanted.code, caller)
