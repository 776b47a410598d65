"""Stages that sessions have ended."""

from collections.abc import Sequence
from typing import Literal

from functions.user.stage import stage
from functions.user.store import Connection, api_keys, schedules
from paycore.events.session import UserSessionsEnded
from paycore.origin import Origin

# An event must fit into a message, however many sessions one person has.
IDS_TOLD_MAX = 100


def stage_end(
    connection: Connection,
    user_id: str,
    session_ids: Sequence[str],
    reason: Literal["logout", "owner", "reuse", "limit"],
    origin: Origin,
) -> None:
    """One event for all of them, with the first ids."""
    event = UserSessionsEnded(
        user_id=user_id,
        session_ids=sorted(session_ids)[:IDS_TOLD_MAX],
        count=len(session_ids),
        reason=reason,
        live_api_keys=api_keys.count_live(connection, user_id) if reason == "reuse" else None,
        live_schedules=schedules.count_live(connection, user_id) if reason == "reuse" else None,
        actor_id=user_id if reason != "reuse" else None,
    )
    stage(connection, event, user_id, origin)
