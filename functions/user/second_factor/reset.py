"""Removes the second factor of somebody who lost phone and recovery codes: an admin asks, a day later it is gone.

The owner is told at once and may stop it, also by using the factor. What was not stopped is done when the owner next
signs in with the password, within a week.
"""

from typing import Any

from functions.user.lock_caller import lock_with_caller
from functions.user.profile import outdate, user_body
from functions.user.second_factor import code
from functions.user.second_factor.schemas import ResetFactor
from functions.user.store import api_keys, known_devices, schedules, second_factors, sessions, users
from paycore import clock, ids, session
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import Forbidden, MfaNotEnrolled, UserNotFound
from paycore.origin import Origin

WAIT_HOURS = 24


def ask_for_reset(caller: Caller, user_id: str, wanted: ResetFactor, origin: Origin) -> dict[str, Any]:
    """When the factor goes; one that was asked for before keeps its time. What another admin says of it, or the same in
    other words, is told and on record like the first wish.

    Raises UserNotFound, MfaNotEnrolled, and Forbidden for oneself.
    """
    if not ids.is_id("usr", user_id):
        raise UserNotFound
    if user_id == caller.user_id:
        raise Forbidden
    with transaction() as connection:
        if lock_with_caller(connection, caller, user_id) is None:
            raise UserNotFound
        factor = second_factors.lock(connection, user_id)
        if factor is None or factor.activated_at is None:
            raise MfaNotEnrolled
        reset_at = factor.reset_at
        is_repeated = reset_at is not None and (factor.reset_by, factor.reset_reason) == (caller.user_id, wanted.reason)
        if reset_at is None:
            reset_at = second_factors.ask_reset(
                connection, user_id, admin_id=caller.user_id, reason=wanted.reason, wait_hours=WAIT_HOURS
            )
        if not is_repeated:
            code.stage_change(
                connection,
                user_id,
                "reset_requested",
                origin,
                actor_id=caller.user_id,
                reason=wanted.reason,
                effective_at=clock.timestamp(reset_at),
            )
    return {"object": "mfa_reset", "user_id": user_id, "reset_at": clock.timestamp(reset_at)}


def finish_reset(user_id: str, origin: Origin) -> None:
    """Removes the factor whose time has come, and ends all sessions and known devices; nothing where it was stopped."""
    with transaction() as connection:
        person = users.lock(connection, user_id)
        factor = second_factors.lock(connection, user_id)
        if person is None or factor is None or not factor.reset_is_due:
            return
        second_factors.remove(connection, user_id)
        person = users.touch(connection, user_id)
        code.stage_change(
            connection,
            user_id,
            "reset",
            origin,
            actor_id=factor.reset_by,
            reason=factor.reset_reason,
            version=person.version,
            live_api_keys=api_keys.count_live(connection, user_id),
            live_schedules=schedules.count_live(connection, user_id),
        )
        ended = sessions.end_all(connection, user_id, "second_factor")
        known_devices.forget(connection, user_id)
    session.revoke(ended, user_id)
    outdate(user_body(person))
