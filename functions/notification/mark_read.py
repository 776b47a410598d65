"""Marks a notice as read, once per key."""

from functions.notification.inbox import read_notification
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import NotificationNotFound
from paycore.idempotency import Answer, Reply, begin, give, keep
from paycore.request_key import RequestKey


def mark_read(caller: Caller, notification_id: str, key: RequestKey | None) -> Answer:
    """The notice as it is now, or as it was at the first request with this key; raises NotificationNotFound.

    The notice is in another store than the key: the key is claimed in a commit before, the answer kept in one after.
    """
    if not ids.is_id("ntf", notification_id):
        raise NotificationNotFound  # before a key is claimed for it: an absent one's answer is kept, this one's is not
    if key is None:
        return give(_mark(caller, notification_id))
    claimed = begin(key, notification_id, lambda _connection, _subject: None)
    if claimed.reply:
        return give(claimed.reply)
    reply = _mark(caller, notification_id)
    with transaction() as connection:
        kept = keep(connection, key, reply)
    return give(kept)


def _mark(caller: Caller, notification_id: str) -> Reply:
    try:
        return Answer(200, read_notification(caller, notification_id))
    except NotificationNotFound as refusal:
        return refusal
