"""The audit records: the collection `transaction_logs`."""

from functools import cache

from pymongo import ASCENDING, DESCENDING
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from paycore.documents import Document, collection, reachable


def insert(document: Document) -> None:
    """Adds a record; one with this id that is there already stays as it is."""
    with reachable():
        try:
            _records().insert_one(document)
        except DuplicateKeyError:
            return  # delivered before


@cache
def _records() -> Collection[Document]:
    records = collection("transaction_logs")
    records.create_index([("resource", ASCENDING), ("occurred_at", DESCENDING)])
    records.create_index([("actor", ASCENDING), ("occurred_at", DESCENDING)])
    return records
