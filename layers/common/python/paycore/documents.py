"""The MongoDB-compatible store: single-document operations and unique indexes only, cheap and safe on DocumentDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, ConnectionFailure, ExecutionTimeout

from paycore import aws, settings
from paycore.errors import Unavailable
from paycore.settings import DocumentsSettings

Document = dict[str, Any]

_TIMEOUT_MS = 1_500  # every wait of the client, well below the 3 s in which we promise an answer


def collection(name: str) -> Collection[Document]:
    """A collection whose writes wait for a majority. Retryable writes are off: DocumentDB has none before 8.0."""
    database = _client()[settings.read(DocumentsSettings).documents_database]
    return database.get_collection(name, write_concern=WriteConcern(w="majority", wtimeout=_TIMEOUT_MS))


@contextmanager
def reachable() -> Iterator[None]:
    """Turns an unreachable store into Unavailable; every other error is a bug and passes."""
    try:
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
        serverSelectionTimeoutMS=_TIMEOUT_MS,
        connectTimeoutMS=_TIMEOUT_MS,
        socketTimeoutMS=_TIMEOUT_MS,
        **access,
    )
