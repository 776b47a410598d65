"""A schedule as the API shows it to its owner; the address in it is sealed everywhere else."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from functions.transaction.schedules.recurrence import Recurrence
from paycore.clock import timestamp
from paycore.crypto import CannotOpen
from paycore.database import Row
from paycore.email_index import address_ring
from paycore.idempotency import Answer
from paycore.observability import logger

_PURPOSE = "schedule-recipient"


def sealed_email(schedule_id: str, email: str) -> str:
    """The address, readable only together with the schedule that it belongs to."""
    return address_ring().seal(_PURPOSE, email, schedule_id)


def renewed_email(row: Row[Any]) -> str | None:
    """The address sealed by the current key; None where it is already, or cannot be opened."""
    if row.sealed_email is None or row.sealed_email.startswith(f"{address_ring().current}."):
        return None
    email = _opened(row.sealed_email, row.id)
    return sealed_email(row.id, email) if email is not None else None


def transfer_of(row: Row[Any]) -> dict[str, Any]:
    """The body of the transfer, as it was asked for."""
    body: dict[str, Any] = dict(row.transfer)
    if row.sealed_email is not None:
        body["target_email"] = _opened(row.sealed_email, row.id)
    return body


def recurrence_of(row: Row[Any]) -> Recurrence:
    """When its occurrences are due."""
    return Recurrence(row.starts_at, row.every, row.until, row.times)


def schedule_body(row: Row[Any]) -> dict[str, Any]:
    """The schedule object."""
    return _shown(kept_body(row))


def shown_answer(kept: Answer) -> Answer:
    """The answer to the owner, of one that was kept for its key."""
    return replace(kept, body=_shown(kept.body))


def kept_body(row: Row[Any]) -> dict[str, Any]:
    """The schedule object as an answer is kept: with its address still sealed."""
    recurrence = {"every": row.every, "until": instant_text(row.until), "count": row.times}
    return {
        "object": "schedule",
        "id": row.id,
        "created_at": timestamp(row.created_at),
        "updated_at": timestamp(row.updated_at),
        "status": row.state,
        "transfer": {**row.transfer, "target_email": row.sealed_email} if row.sealed_email else dict(row.transfer),
        "execute_at": timestamp(row.starts_at),
        "recurrence": recurrence if row.every is not None else None,
        "next_at": instant_text(row.next_at),
        "next_occurrence": row.next_occurrence if row.next_at is not None else None,
        "occurrences": row.occurrences,
    }


def instant_text(instant: datetime | None) -> str | None:
    """As the API shows it; None where there is none."""
    return timestamp(instant) if instant is not None else None


def _shown(kept: dict[str, Any]) -> dict[str, Any]:
    sealed = kept["transfer"].get("target_email")
    if sealed is None:
        return kept
    return {**kept, "transfer": {**kept["transfer"], "target_email": _opened(sealed, kept["id"])}}


def _opened(sealed: str, schedule_id: str) -> str | None:
    """The address; None where its key is gone."""
    try:
        return address_ring().open(_PURPOSE, sealed, schedule_id)
    except CannotOpen:
        logger.error("the address of a schedule cannot be opened", extra={"schedule_id": schedule_id})
        return None
