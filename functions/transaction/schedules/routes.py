"""The routes of the schedules."""

from fastapi import Response

from functions.transaction.schedules.change_schedule import change_schedule
from functions.transaction.schedules.make_schedule import make_schedule
from functions.transaction.schedules.read_schedules import list_schedules, read_schedule
from functions.transaction.schedules.schemas import ChangeSchedule, ScheduleBody, ScheduleList, ScheduleRequest
from paycore.http import Router, current_caller, needs, reply, request_key, request_origin, required_key
from paycore.http.answers import kept
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["schedules"])

_CHANGES = needs("schedules:write", key="accepted")


@routes.post(
    "/v1/schedules",
    status_code=201,
    response_model=ScheduleBody,
    openapi_extra=needs("schedules:write", key="required"),
)
async def post_schedule(
    body: ScheduleRequest, caller: current_caller, origin: request_origin, key: required_key
) -> Response:
    """Schedules a transfer, once or again and again."""
    return kept(make_schedule(caller, body, origin, key))


@routes.get("/v1/schedules", response_model=ScheduleList, openapi_extra=needs("schedules:read"))
async def get_schedules(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists the caller's schedules, newest first."""
    return reply(200, list_schedules(caller, limit, cursor))


@routes.get("/v1/schedules/{schedule_id}", response_model=ScheduleBody, openapi_extra=needs("schedules:read"))
async def get_schedule(schedule_id: str, caller: current_caller) -> Response:
    """Shows a schedule and what became of its last occurrences."""
    return reply(200, read_schedule(caller, schedule_id))


@routes.post("/v1/schedules/{schedule_id}/pause", response_model=ScheduleBody, openapi_extra=_CHANGES)
async def post_pause(
    schedule_id: str,
    body: ChangeSchedule,  # noqa: ARG001  # it has no fields, and must be there
    caller: current_caller,
    origin: request_origin,
    key: request_key,
) -> Response:
    """Stops a schedule for a while: what is due meanwhile is skipped."""
    return kept(change_schedule(caller, schedule_id, "pause", origin, key))


@routes.post("/v1/schedules/{schedule_id}/resume", response_model=ScheduleBody, openapi_extra=_CHANGES)
async def post_resumption(
    schedule_id: str,
    body: ChangeSchedule,  # noqa: ARG001
    caller: current_caller,
    origin: request_origin,
    key: request_key,
) -> Response:
    """Goes on with the next occurrence."""
    return kept(change_schedule(caller, schedule_id, "resume", origin, key))


@routes.post("/v1/schedules/{schedule_id}/cancel", response_model=ScheduleBody, openapi_extra=_CHANGES)
async def post_cancellation(
    schedule_id: str,
    body: ChangeSchedule,  # noqa: ARG001
    caller: current_caller,
    origin: request_origin,
    key: request_key,
) -> Response:
    """Ends a schedule for good."""
    return kept(change_schedule(caller, schedule_id, "cancel", origin, key))
