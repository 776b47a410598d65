"""A person's inbox."""

from typing import Any

from functions.notification import store
from paycore import ids
from paycore.caller import Caller
from paycore.documents import Document
from paycore.errors import NotificationNotFound
from paycore.pagination import page, render

_SHOWN = (
    "id", "created_at", "event_id", "event_type", "channel", "subject", "body", "status", "read_at", "sent_at",
)  # fmt: skip


def list_notifications(caller: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's notices, newest first."""
    asked = page(limit, cursor, {"list": "notifications", "person": caller.user_id})
    return render(asked, store.inbox(caller.user_id, asked), _body, lambda notice: str(notice["id"]))


def read_notification(caller: Caller, notification_id: str) -> dict[str, Any]:
    """Marks a notice as read; raises NotificationNotFound."""
    try:
        found = store.mark_read(caller.user_id, ids.check("ntf", notification_id))
    except ids.MalformedId as trouble:
        raise NotificationNotFound from trouble
    if found is None:
        raise NotificationNotFound
    return _body(found)


def _body(notice: Document) -> dict[str, Any]:
    return {"object": "notification", **{name: notice[name] for name in _SHOWN}}
