"""A schedule as the API shows it to its owner; the address in it is sealed everywhere else."""

from datetime import datetime
from typing import Any

from functions.transaction.schedules.recurrence import Recurrence
from paycore.clock import timestamp
from paycore.database import Row
from paycore.email_index import address_ring

_PURPOSE = "schedule-recipient"


def sealed_email(schedule_id: str, email: str) -> str:
    """The address, readable only together with the schedule that it belongs to."""
    return address_ring().seal(_PURPOSE, email, schedule_id)


def transfer_of(row: Row[Any]) -> dict[str, Any]:
    """The body of the transfer, as it was asked for."""
    body: dict[str, Any] = dict(row.transfer)
    if row.sealed_email is not None:
        body["target_email"] = address_ring().open(_PURPOSE, row.sealed_email, row.id)
    return body


def recurrence_of(row: Row[Any]) -> Recurrence:
    """When its occurrences are due."""
    return Recurrence(row.starts_at, row.every, row.until, row.times)


def schedule_body(row: Row[Any]) -> dict[str, Any]:
    """The schedule object."""
    recurrence = {"every": row.every, "until": _shown(row.until), "count": row.times}
    return {
        "object": "schedule",
        "id": row.id,
        "created_at": timestamp(row.created_at),
        "updated_at": timestamp(row.updated_at),
        "status": row.state,
        "transfer": transfer_of(row),
        "execute_at": timestamp(row.starts_at),
        "recurrence": recurrence if row.every is not None else None,
        "next_at": _shown(row.next_at),
        "next_occurrence": row.next_occurrence if row.next_at is not None else None,
        "occurrences": row.occurrences,
    }


def _shown(instant: datetime | None) -> str | None:
    return timestamp(instant) if instant is not None else None
