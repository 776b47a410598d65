"""The routes of the notification API."""

from fastapi import Response

from functions.notification.inbox import list_notifications
from functions.notification.mark_read import mark_read
from functions.notification.schemas import NotificationBody, NotificationList
from paycore.http import Router, current_caller, needs, reply, request_key
from paycore.http.problem import REPLAYED
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["notifications"])


@routes.get("/v1/notifications", response_model=NotificationList, openapi_extra=needs("notifications:read"))
async def get_notifications(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists the caller's notices, newest first."""
    return reply(200, list_notifications(caller, limit, cursor))


@routes.post(
    "/v1/notifications/{notification_id}/read",
    response_model=NotificationBody,
    openapi_extra=needs("notifications:write", key="accepted"),
)
async def post_read(notification_id: str, caller: current_caller, key: request_key) -> Response:
    """Marks a notice as read."""
    answer = mark_read(caller, notification_id, key)
    return reply(answer.status, answer.body, REPLAYED if answer.replayed else None)
