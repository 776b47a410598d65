"""The notices in the document store: one document for each event, person and channel."""

from typing import TYPE_CHECKING

from pymongo import DESCENDING
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from paycore import clock, ids
from paycore.documents import Document, collection, reachable
from paycore.events.event import Event
from paycore.invariants import present

if TYPE_CHECKING:  # the consumer of events has no web framework, which pages come with
    from paycore.pagination import Page

PENDING, SENT, FAILED = "pending", "sent", "failed"


def add(event: Event, person_id: str, channel: str, subject: str, body: str) -> Document:
    """The notice, added unless it is there."""
    notice = {
        "_id": f"{event.id}:{person_id}:{channel}",
        "id": ids.new("ntf"),
        "event_id": event.id,
        "event_type": event.type,
        "person_id": person_id,
        "channel": channel,
        "subject": subject,
        "body": body,
        "status": PENDING,
        "created_at": clock.timestamp(clock.now()),
        "sent_at": None,
        "read_at": None,
    }
    with reachable():
        try:
            _notices().insert_one(notice)
        except DuplicateKeyError:  # delivered before: what was stored then tells how far it came
            return present(_notices().find_one({"_id": notice["_id"]}), "a duplicate is there")
    return notice


def settle(notice_key: str, *, sent: bool) -> None:
    """Notes what became of a pending notice."""
    change = {"status": SENT if sent else FAILED, "sent_at": clock.timestamp(clock.now()) if sent else None}
    with reachable():
        _notices().update_one({"_id": notice_key, "status": PENDING}, {"$set": change})


def inbox(person_id: str, page: "Page") -> list[Document]:
    """A person's notices, newest first, with one more than the page shows."""
    wanted: Document = {"person_id": person_id}
    if page.before is not None:
        wanted["id"] = {"$lt": page.before}
    with reachable():
        return list(_notices().find(wanted).sort("id", DESCENDING).limit(page.limit + 1))


def mark_read(person_id: str, notice_id: str) -> Document | None:
    """The notice, read now unless it was read before; None where the person has no such notice."""
    mine = {"id": notice_id, "person_id": person_id}
    with reachable():
        _notices().update_one({**mine, "read_at": None}, {"$set": {"read_at": clock.timestamp(clock.now())}})
        return _notices().find_one(mine)


def forget(person_id: str) -> None:
    """Nothing is kept of what the person was told."""
    with reachable():
        _notices().delete_many({"person_id": person_id})


def _notices() -> Collection[Document]:
    return collection("notifications", (("person_id", DESCENDING), ("id", DESCENDING)))
