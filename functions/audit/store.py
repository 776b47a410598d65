"""The audit records: the collection `transaction_logs`."""

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from paycore.documents import Document, collection, reachable

_INDEXES = (
    (("resource", ASCENDING), ("occurred_at", DESCENDING)),
    (("actor", ASCENDING), ("occurred_at", DESCENDING)),
)


def insert(document: Document) -> None:
    """Adds a record; one with this id that is there already stays as it is."""
    with reachable():
        try:
            collection("transaction_logs", *_INDEXES).insert_one(document)
        except DuplicateKeyError:
            return  # delivered before
