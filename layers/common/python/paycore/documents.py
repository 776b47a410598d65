"""The MongoDB-compatible store: single-document operations and unique indexes only, cheap and safe on DocumentDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pymongo
from pymongo import MongoClient, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import (
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from paycore import aws, settings
from paycore.errors import Unavailable
from paycore.settings import DocumentsSettings

Document = dict[str, Any]

# Everything within one `reachable` block, retries of the driver included: below the 3 s in which we promise an answer.
_DEADLINE_S = 2.0
_WRITE_MS = 1_500  # how long the server may wait for the majority

# MongoDB's error codes (src/mongo/base/error_codes.yml) for a login that is not valid any more: a rotated password.
_LOGIN_REFUSED = frozenset({13, 18})  # Unauthorized, AuthenticationFailed
# The codes after which the specification of retryable reads and writes tries again: a failover, a shutdown, a network.
_PASSING = frozenset({6, 7, 64, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436})

Index = tuple[tuple[str, int], ...]


@cache
def collection(name: str, *indexes: Index) -> Collection[Document]:
    """A collection with its indexes, whose writes wait for a majority; to be called within `reachable`.

    Retryable writes are off: DocumentDB has none before 8.0.
    """
    database = _client()[settings.read(DocumentsSettings).documents_database]
    made = database.get_collection(name, write_concern=WriteConcern(w="majority", wtimeout=_WRITE_MS))
    for index in indexes:
        made.create_index(list(index))
    return made


@contextmanager
def reachable() -> Iterator[None]:
    """Turns a store that is away, slow or refuses our login into Unavailable within 2 s; else an error is a bug."""
    try:
        with pymongo.timeout(_DEADLINE_S):
            yield
    except PyMongoError as trouble:
        if _login_refused(trouble):
            _forget_login()
        elif not _passing(trouble):
            raise
        raise Unavailable from trouble


def _login_refused(trouble: PyMongoError) -> bool:
    return isinstance(trouble, OperationFailure) and trouble.code in _LOGIN_REFUSED


def _passing(trouble: PyMongoError) -> bool:
    """A write concern that was not met is one, too: the write is there, but perhaps not to stay."""
    if isinstance(trouble, ConnectionFailure | ExecutionTimeout | WriteConcernError):
        return True
    retryable = trouble.has_error_label("RetryableWriteError") or trouble.has_error_label("TransientTransactionError")
    return retryable or (isinstance(trouble, OperationFailure) and trouble.code in _PASSING)


def _forget_login() -> None:
    """The next block signs in anew, with the password as it is then."""
    aws.secret.cache_clear()
    collection.cache_clear()
    _client.cache_clear()


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
