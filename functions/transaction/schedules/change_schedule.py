"""Pauses, resumes or cancels a schedule: whoever runs it waits for the same row."""

from collections.abc import Callable
from typing import Any, Literal

from functions.transaction.schedules import store
from functions.transaction.schedules.announce import announce, canceled, paused, resumed
from functions.transaction.schedules.read_schedules import schedule_id_of
from functions.transaction.schedules.render import kept_body, recurrence_of, shown_answer
from paycore import clock
from paycore.caller import Caller
from paycore.database import Connection, Row
from paycore.errors import InvalidState, ScheduleNotFound
from paycore.events.schedule import OfSchedule
from paycore.idempotency import Answer, answer_once
from paycore.invariants import present
from paycore.origin import Origin
from paycore.request_key import RequestKey

Change = Literal["pause", "resume", "cancel"]

_POSSIBLE_IN: dict[Change, tuple[str, ...]] = {
    "pause": ("active",),
    "resume": ("paused",),
    "cancel": ("active", "paused"),
}
_EVENTS: dict[Change, Callable[[Row[Any], Caller], OfSchedule]] = {
    "pause": paused,
    "resume": resumed,
    "cancel": canceled,
}


def change_schedule(caller: Caller, schedule_id: str, change: Change, origin: Origin, key: RequestKey | None) -> Answer:
    """The changed schedule, once per key; raises ScheduleNotFound or InvalidState."""

    def work(connection: Connection) -> Answer:
        row = store.lock(connection, schedule_id_of(schedule_id), caller.user_id)
        if row is None:
            raise ScheduleNotFound
        if row.state not in _POSSIBLE_IN[change]:
            raise InvalidState(state=row.state)
        store.move_on(connection, row.id, _after(connection, row, change))
        changed = present(store.find(connection, row.id, caller.user_id), "a schedule that is locked is there")
        announce(connection, _EVENTS[change](changed, caller), request_id=origin.request_id, network=origin.network)
        return Answer(200, kept_body(changed))

    return shown_answer(answer_once(key, work))


def _after(connection: Connection, row: Row[Any], change: Change) -> dict[str, Any]:
    if change == "cancel":
        return after_cancellation(row)
    if change == "resume":
        return _resume(connection, row)
    return {"state": "paused", "next_occurrence": row.next_occurrence, "next_at": row.next_at}


def _resume(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What fell due while it was paused is skipped; what was due before, and did not run then, runs late.

    If nothing is left then, it is completed.
    """
    paused_at = row.updated_at  # nothing else changes a paused one
    recurrence = recurrence_of(row)
    overdue = recurrence.due_until(clock.now(), row.next_occurrence)
    missed = [each for each in overdue if each.due_at >= paused_at]
    store.skip(connection, row.id, missed)
    following = row.next_occurrence + (len(overdue) if missed == overdue else 0)
    return ahead(following, recurrence.due_at(following))


def after_cancellation(row: Row[Any]) -> dict[str, Any]:
    """It never runs again."""
    return {"state": "canceled", "next_occurrence": row.next_occurrence, "next_at": None}


def ahead(occurrence: int, due_at: Any) -> dict[str, Any]:
    """A schedule whose next occurrence is this one, or that is completed where there is none."""
    state = "active" if due_at is not None else "completed"
    return {"state": state, "next_occurrence": occurrence, "next_at": due_at}
