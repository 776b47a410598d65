"""Stages that sessions have ended."""

from collections.abc import Sequence
from typing import Literal

from functions.user.store import Connection
from paycore.events.user import UserSessionsEnded
from paycore.outbox import stage_event


def stage_end(
    connection: Connection,
    user_id: str,
    session_ids: Sequence[str],
    reason: Literal["logout", "owner", "reuse"],
    request_id: str,
) -> None:
    """One event for all of them."""
    event = UserSessionsEnded(user_id=user_id, session_ids=sorted(session_ids), reason=reason)
    stage_event(connection, event, subject=user_id, partition_key=user_id, request_id=request_id)
