"""Bodies of the notification API."""

from typing import Literal

from pydantic import BaseModel


class NotificationBody(BaseModel):
    """A notice as it was sent, without its code if it had one. SMS and push are simulated."""

    object: Literal["notification"]
    id: str
    created_at: str
    event_id: str
    event_type: str
    channel: Literal["email", "sms", "push", "inbox"]
    subject: str
    body: str
    status: Literal["sent", "failed", "pending"]
    read_at: str | None
    sent_at: str | None


class NotificationList(BaseModel):
    """A page of notices, newest first."""

    object: Literal["list"]
    data: list[NotificationBody]
    has_more: bool
    next_cursor: str | None
