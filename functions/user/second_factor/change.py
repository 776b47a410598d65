"""What the owner of a second factor sees of it and does with it."""

from typing import Any

from functions.user.lock_caller import lock_caller
from functions.user.profile import outdate, user_body
from functions.user.second_factor import code, recovery_codes
from functions.user.store import Record, known_devices, second_factors, sessions, users
from paycore import clock, session
from paycore.caller import Caller
from paycore.database import one_statement, transaction
from paycore.errors import MfaNotEnrolled, MfaResetNotFound
from paycore.origin import Origin


def read_factor(caller: Caller) -> dict[str, Any]:
    """Whether there is one, how many recovery codes are left, and whether it is to be removed."""
    return factor_body(one_statement(lambda connection: second_factors.find_active(connection, caller.user_id)))


def factor_body(found: Record | None) -> dict[str, Any]:
    """The factor as its owner sees it: never its seed."""
    return {
        "object": "mfa",
        "enabled": found is not None,
        "enabled_at": clock.timestamp(found.activated_at) if found else None,
        "recovery_codes_left": found.codes if found else 0,
        "reset_at": clock.timestamp(found.reset_at) if found and found.reset_at else None,
    }


def renew_codes(caller: Caller, origin: Origin) -> dict[str, Any]:
    """New recovery codes, shown this once, in place of all older ones; raises MfaNotEnrolled."""
    with transaction() as connection:
        lock_caller(connection, caller)
        factor = second_factors.lock(connection, caller.user_id)
        if factor is None or factor.activated_at is None:
            raise MfaNotEnrolled
        fresh = recovery_codes.renew(connection, caller.user_id)
        code.stage_change(connection, caller.user_id, "codes_renewed", origin)
    return {"object": "recovery_codes", "codes": fresh}


def disable(caller: Caller, origin: Origin) -> dict[str, Any]:
    """There is none any more, and all other sessions end; raises MfaNotEnrolled."""
    with transaction() as connection:
        lock_caller(connection, caller)
        if not second_factors.remove(connection, caller.user_id):
            raise MfaNotEnrolled
        person = users.touch(connection, caller.user_id)
        code.stage_change(connection, caller.user_id, "disabled", origin, version=person.version)
        ended = sessions.end_others(connection, caller.user_id, caller.session_id, "second_factor")
        known_devices.forget_of_sessions(connection, caller.user_id, ended, but_of=caller.session_id)
    session.revoke(ended, caller.user_id)
    outdate(user_body(person))
    return read_factor(caller)


def stop_reset(caller: Caller, origin: Origin) -> None:
    """The factor stays, whatever an admin asked for; raises MfaResetNotFound."""
    with transaction() as connection:
        if not second_factors.stop_reset(connection, caller.user_id):
            raise MfaResetNotFound
        code.stage_change(connection, caller.user_id, "reset_stopped", origin)
