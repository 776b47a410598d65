"""Enrols a second factor: a seed for the phone, active with its first code."""

from typing import Any

from functions.user import attempts, passwords
from functions.user.lock_caller import lock_caller
from functions.user.origin import Origin
from functions.user.password.own_credentials import credentials_to_prove
from functions.user.profile import outdate, user_body
from functions.user.second_factor import code, recovery_codes, totp
from functions.user.second_factor.schemas import EnrollFactor
from functions.user.store import known_devices, second_factors, sessions, users
from paycore import session
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import InvalidCode, InvalidCredentials, MfaEnrolled, MfaNotEnrolled

_FIRST_STEP = 0


def enroll(caller: Caller, wanted: EnrollFactor, origin: Origin) -> dict[str, Any]:
    """The seed, shown this once; one that no code has confirmed is forgotten.

    The password is asked for: a stolen access token alone must not get a factor of the thief's. Raises
    InvalidCredentials, RateLimited, MfaEnrolled.
    """
    known = credentials_to_prove(caller, origin)
    if not passwords.matches(wanted.password, known.password_hash):
        raise InvalidCredentials
    seed = totp.new_seed()
    with transaction() as connection:
        lock_caller(connection, caller)
        attempts.give_back(connection, attempts.sign_ins_from(origin.address))
        attempts.forgive(connection, attempts.own_passwords_of(caller.user_id))
        made = second_factors.put_pending(connection, caller.user_id, code.sealed_seed(caller.user_id, seed))
    if not made:
        raise MfaEnrolled
    uri = totp.otpauth_uri(seed, known.email)
    return {"object": "mfa_enrollment", "secret": seed, "otpauth_uri": uri, "qr_code_svg": totp.qr_code(uri)}


def confirm(caller: Caller, typed: str, origin: Origin) -> dict[str, Any]:
    """The recovery codes, shown this once; the factor is active, and all other sessions end.

    The session has shown the factor with this: its next access token says so.

    Raises InvalidCode, RateLimited, MfaNotEnrolled, MfaEnrolled.
    """
    code.admit_try(caller.user_id, typed, origin)
    with transaction() as connection:
        lock_caller(connection, caller)
        factor = second_factors.lock(connection, caller.user_id)
        if factor is None:
            raise MfaNotEnrolled
        if factor.activated_at is not None:
            raise MfaEnrolled
        seed = code.opened_seed(caller.user_id, factor.sealed_seed)
        step = totp.step_of(seed, typed, _FIRST_STEP) if seed is not None else None
        if step is not None:
            code.forgive_tries(connection, caller.user_id, typed, origin)
            second_factors.activate(connection, caller.user_id, step)
            sessions.step_up(connection, caller.user_id, caller.session_id)
            fresh = recovery_codes.renew(connection, caller.user_id)
            person = users.touch(connection, caller.user_id)
            code.stage_change(connection, caller.user_id, "enabled", origin)
            ended = sessions.end_others(connection, caller.user_id, caller.session_id, "second_factor")
            known_devices.forget_of_sessions(connection, caller.user_id, ended, but_of=caller.session_id)
    if step is None:
        raise InvalidCode  # after the commit: the try counts
    for session_id in ended:
        session.revoke(session_id, caller.user_id)
    outdate(user_body(person))
    return {"object": "recovery_codes", "codes": fresh}
