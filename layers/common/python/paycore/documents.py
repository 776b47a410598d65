"""The MongoDB-compatible store: single-document operations and unique indexes only, cheap and safe on DocumentDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pymongo
from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, ConnectionFailure, ExecutionTimeout

from paycore import aws, settings
from paycore.errors import Unavailable
from paycore.settings import DocumentsSettings

Document = dict[str, Any]

# Everything within one `reachable` block, retries of the driver included: below the 3 s in which we promise an answer.
_DEADLINE_S = 2.0
_WRITE_MS = 1_500  # how long the server may wait for the majority


def collection(name: str) -> Collection[Document]:
    """A collection whose writes wait for a majority. Retryable writes are off: DocumentDB has none before 8.0."""
    database = _client()[settings.read(DocumentsSettings).documents_database]
    return database.get_collection(name, write_concern=WriteConcern(w="majority", wtimeout=_WRITE_MS))


@contextmanager
def reachable() -> Iterator[None]:
    """Turns a store that is away or slow into Unavailable within 2 s; every other error is a bug and passes."""
    try:
        with pymongo.timeout(_DEADLINE_S):
            yield
    except (ConnectionFailure, AutoReconnect, ExecutionTimeout) as trouble:
        raise Unavailable from trouble


def documents_check() -> None:
    """One ping; raises Unavailable."""
    with reachable():
        _client().admin.command("ping")


@cache
def _client() -> MongoClient[Document]:
    own = settings.read(DocumentsSettings)
    access: dict[str, Any] = {}
    if own.documents_authentication == "password":
        login = aws.secret(own.documents_secret)
        access = {
            "username": login["username"],
            "password": login["password"],
            "tls": True,
            "tlsCAFile": own.documents_ca_file or None,
        }
    return MongoClient(
        host=own.documents_host,
        port=own.documents_port,
        retryWrites=False,
        **access,
    )
