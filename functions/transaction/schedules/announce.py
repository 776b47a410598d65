"""Stages what became of a schedule: its owner is told, and the audit log keeps it."""

from typing import Any

from functions.transaction.schedules.render import instant_text
from paycore.caller import Caller
from paycore.clock import timestamp
from paycore.database import Connection, Row
from paycore.events.schedule import OfSchedule, ScheduleCanceled, ScheduleCreated, SchedulePaused, ScheduleResumed
from paycore.outbox import stage_event


def created(row: Row[Any], caller: Caller) -> ScheduleCreated:
    """That it was made."""
    return ScheduleCreated(
        **_facts(row, caller.key_id),
        execute_at=timestamp(row.starts_at),
        every=row.every,
        until=instant_text(row.until),
        count=row.times,
    )


def paused(row: Row[Any], caller: Caller) -> SchedulePaused:
    """That it stops for a while."""
    return SchedulePaused(**_facts(row, caller.key_id))


def resumed(row: Row[Any], caller: Caller) -> ScheduleResumed:
    """That it goes on; `row`: as it does."""
    return ScheduleResumed(**_facts(row, caller.key_id), next_at=instant_text(row.next_at))


def canceled(row: Row[Any], caller: Caller) -> ScheduleCanceled:
    """That its owner ended it."""
    return ScheduleCanceled(**_facts(row, caller.key_id), reason="owner")


def ended_with_key(row: Row[Any]) -> ScheduleCanceled:
    """That it ended with the key that had made it."""
    return ScheduleCanceled(**_facts(row, row.created_by_key), reason="key_revoked")


def announce(connection: Connection, event: OfSchedule, *, request_id: str, network: str | None) -> None:
    """Stages the event; the schedule's row is locked or new. Request and network: of who brought it about."""
    stage_event(
        connection,
        event,
        subject=event.schedule_id,
        partition_key=event.schedule_id,
        request_id=request_id,
        network=network,
    )


def _facts(row: Row[Any], key_id: str | None) -> dict[str, Any]:
    return {
        "schedule_id": row.id,
        "owner_id": row.owner_id,
        "amount": row.transfer["amount"],
        "currency": row.transfer["currency"],
        "key_id": key_id,
    }
