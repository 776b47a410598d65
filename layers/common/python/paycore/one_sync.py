"""pg8000 with one Sync for each statement, where its own has three: a third of the round trips, and safe in AUTOCOMMIT.

A pooler in transaction mode (RDS Proxy, PgBouncer) may hand the server connection to somebody else at every Sync
outside a transaction. Stock pg8000 sends Parse, Sync, Describe, Bind, Sync, Execute, Sync: in AUTOCOMMIT it then runs
other clients' statements. Here all messages of a statement stand before one Sync (PostgreSQL 15, chapter 55.2.3).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pg8000.dbapi
from pg8000.converters import make_params
from pg8000.core import (
    BIND,
    DESCRIBE,
    EXECUTE_MSG,
    PARSE,
    STATEMENT,
    SYNC_MSG,
    Context,
    H_pack,
    _flush,
    _write,
    i_pack,
)
from pg8000.exceptions import InterfaceError

# This overrides an inner method: a test fails when the installed version is another one than it was written against.
WRITTEN_AGAINST = "1.31.6"

_UNNAMED = b"\0"


class Connection(pg8000.dbapi.Connection):  # type: ignore[misc]  # pg8000 has no types
    """A DB-API connection; everything but the sending of a statement with parameters is pg8000's."""

    @contextmanager
    def waiting_s(self, seconds: float) -> Iterator[None]:
        """So long it waits for an answer within the block, instead of the `timeout` that it was made with."""
        usual = self._usock.gettimeout()
        self._usock.settimeout(seconds)
        try:
            yield
        finally:
            if self._usock is not None:  # closed meanwhile: nobody waits for it any more
                self._usock.settimeout(usual)

    def execute_unnamed(
        self, statement: str, vals: Sequence[Any] = (), oids: Sequence[int] = (), stream: Any = None
    ) -> Context:
        """Runs one statement under one Sync; raises as pg8000 does."""
        context = Context(statement, stream=stream)
        messages = self._messages(statement, make_params(self.py_types, vals), oids)
        if self._sock is None:
            raise InterfaceError("connection is closed")
        _write(self._sock, messages)
        _flush(self._sock)
        self.handle_messages(context)
        return context

    def _messages(self, statement: str, params: Sequence[str | None], oids: Sequence[int]) -> bytes:
        """All messages, encoded before the first is sent: text without an encoding leaves nothing half sent."""
        parse = _UNNAMED + statement.encode(self._client_encoding) + b"\0" + H_pack(len(oids))
        parse += b"".join(i_pack(max(oid, 0)) for oid in oids)  # -1 is unknown: the server finds out
        bind = _UNNAMED + b"\0" + H_pack(0) + H_pack(len(params))
        bind += b"".join(self._value(value) for value in params) + H_pack(0)
        described = STATEMENT + _UNNAMED
        return b"".join(
            (_message(PARSE, parse), _message(DESCRIBE, described), _message(BIND, bind), EXECUTE_MSG, SYNC_MSG)
        )

    def _value(self, value: str | None) -> bytes:
        if value is None:
            return bytes(i_pack(-1))
        encoded = value.encode(self._client_encoding)
        return bytes(i_pack(len(encoded))) + encoded


def _message(code: bytes, body: bytes) -> bytes:
    return code + bytes(i_pack(len(body) + 4)) + body
