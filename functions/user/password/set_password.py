"""Writes a new password: no older session outlives it, nor does a mailed code, nor a known device. API keys and
schedules do, and their owner is told (docs/decisions/0029, 0038).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from functions.user.stage import stage
from functions.user.store import (
    Connection,
    api_keys,
    known_devices,
    mfa_challenges,
    one_time_codes,
    schedules,
    sessions,
    users,
)
from paycore.events.user import UserUpdated
from paycore.origin import Origin


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The account's version since, and the sessions that ended: the caller tells everybody, after the commit."""

    version: int
    ended_session_ids: Sequence[str]


def set_password(
    connection: Connection,
    user_id: str,
    password_hash: str,
    why: Literal["forgotten", "changed"],
    origin: Origin,
    *,
    known_device: bytes | None = None,
) -> NewPassword:
    """`known_device`: digest of the one device that is not forgotten."""
    version = users.set_password(connection, user_id, password_hash)
    one_time_codes.forget_all(connection, user_id)
    mfa_challenges.forget(connection, user_id)
    event = UserUpdated(
        user_id=user_id,
        fields=["password"],
        actor_id=user_id,
        reason=why,
        version=version,
        live_api_keys=api_keys.count_live(connection, user_id),
        live_schedules=schedules.count_live(connection, user_id),
    )
    stage(connection, event, user_id, origin)
    ended = sessions.end_all(connection, user_id, "password")
    known_devices.forget(connection, user_id, but=known_device)
    return NewPassword(version, ended)
