"""Shows somebody their schedules."""

from typing import Any

from functions.transaction.schedules import store
from functions.transaction.schedules.render import schedule_body
from paycore import ids
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.errors import ScheduleNotFound
from paycore.pagination import page, render


def schedule_id_of(text: str) -> str:
    """`text`; raises ScheduleNotFound for what is no schedule id."""
    if not ids.is_id("sch", text):
        raise ScheduleNotFound
    return text


def read_schedule(caller: Caller, schedule_id: str) -> dict[str, Any]:
    """The schedule; raises ScheduleNotFound for what is absent and for what is not the caller's."""
    wanted = schedule_id_of(schedule_id)
    row = one_statement(lambda connection: store.find(connection, wanted, caller.user_id))
    if row is None:
        raise ScheduleNotFound
    return schedule_body(row)


def list_schedules(caller: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's schedules, newest first."""
    asked = page(limit, cursor, {"list": "schedules", "owner": caller.user_id})
    rows = one_statement(lambda connection: store.list_of(connection, caller.user_id, asked))
    return render(asked, rows, schedule_body, lambda row: str(row.id))
