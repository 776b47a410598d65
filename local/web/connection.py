"""HTTP/1.1 connections on asyncio: what the gateway, the Invoke API and the Runtime API share.

A subclass answers `received`; this module keeps order on a connection, bounds times and says no to bad HTTP.
"""

import asyncio
from http import HTTPStatus
from typing import cast

from local.web.request import Limits, Refused, Request, RequestReader

LINGER_SECONDS = 2.0  # how long a refused client may go on sending before it is cut off: it can read our answer
WRITE_SECONDS = 30.0  # how long a client may take no byte of its answer
NEVER = float("inf")

STATUS_LINES = {status.value: b"HTTP/1.1 %d %s\r\n" % (status, status.phrase.encode()) for status in HTTPStatus}
BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class Connections:
    """The open connections of one server; ends those that are too slow."""

    SWEEP_SECONDS = 0.5

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.open: set[Connection] = set()

    async def sweep_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.SWEEP_SECONDS)
            now = loop.time()
            for connection in [one for one in self.open if one.deadline < now]:
                connection.expired()

    def close(self) -> None:
        for connection in list(self.open):
            connection.transport.close()


class Connection(asyncio.Protocol):
    """One client; its requests are handed to `received` one after the other."""

    transport: asyncio.Transport

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._limits = connections.limits
        self._loop = asyncio.get_running_loop()
        self._reader = RequestReader(connections.limits)
        self._waiting = self._reader.complete
        self._in_hand: Request | None = None
        self._refusal: int | None = None
        self._last = self._paused = False
        self.peer = ""
        self.deadline = NEVER

    # What a server does with a connection.

    def received(self, request: Request) -> None:
        """Must lead to one `answer`, now or later."""
        raise NotImplementedError

    def refused(self, request: Request, status: int) -> None:  # noqa: ARG002 - for servers that say more
        """The request was not readable to its end; must lead to one `answer`."""
        self.answer(status, b"")

    def answer(self, status: int, head: bytes, body: bytes = b"") -> None:
        """Sends the answer to the request in hand and takes the next one; `head` is header lines with CRLF."""
        request, self._in_hand = self._in_hand, None
        if request is None or self.transport.is_closing():
            return
        length = b"" if status in BODILESS else b"Content-Length: %d\r\n" % len(body)
        if not request.keep_alive:
            length += b"Connection: close\r\n"
        elif request.version == "1.0":
            length += b"Connection: keep-alive\r\n"
        shown = b"" if request.method == "HEAD" or status in BODILESS else body
        status_line = STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status
        self.transport.write(b"".join((status_line, head, length, b"\r\n", shown)))
        if not request.keep_alive:
            self._finish()
        elif self._waiting or self._refusal:
            self._take_next()
        else:
            self.deadline = self._loop.time() + self._limits.idle_seconds

    def expired(self) -> None:
        """The deadline has passed: a client in the middle of a request is told so, any other is cut."""
        if self._in_hand is None and not self._last and self._reader.in_the_middle:
            self._last, self._refusal = True, HTTPStatus.REQUEST_TIMEOUT
            self._take_next()
        else:
            self.transport.abort()

    def _take_next(self) -> None:
        """The next whole request, or after the last one the refusal."""
        self.deadline = NEVER
        if not self._waiting:
            self._in_hand = self._reader.current
            self._in_hand.keep_alive = False
            self.refused(self._in_hand, self._refusal or HTTPStatus.BAD_REQUEST)
            return
        self._in_hand = self._waiting.popleft()
        if self._paused and not self._waiting:
            self._paused = False
            self.transport.resume_reading()
        self.received(self._in_hand)

    def _finish(self) -> None:
        """Ends our side; what the client still sends is thrown away, for a reset could destroy the answer."""
        self._last = True
        self._waiting.clear()
        unsent = self.transport.get_write_buffer_size() > 0
        self.deadline = self._loop.time() + (WRITE_SECONDS if unsent else LINGER_SECONDS)
        if self._paused:
            self.transport.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.peer = (transport.get_extra_info("peername") or ("",))[0]  # a client that has gone already has no name
        self.deadline = self._loop.time() + self._limits.idle_seconds
        self._connections.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - how it ended changes nothing
        self._connections.open.discard(self)
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        if self._last:
            return
        if self._in_hand is None and not self._reader.in_the_middle:
            self.deadline = self._loop.time() + self._limits.request_seconds
        try:
            self._reader.feed(data)
        except Refused as error:
            self._last, self._refusal = True, error.status
        if self._in_hand is None and (self._waiting or self._refusal):
            self._take_next()
        if self._waiting and not self._last:
            self._paused = True
            self.transport.pause_reading()
        elif self._reader.expects_continue and self._in_hand is None:
            self._reader.expects_continue = False
            self.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def eof_received(self) -> bool:
        """A client that closed its side still gets the answers to what it sent."""
        if self._in_hand is None:
            return False
        if self._refusal is None:
            (self._waiting[-1] if self._waiting else self._in_hand).keep_alive = False
        return True

    def pause_writing(self) -> None:
        self.deadline = self._loop.time() + WRITE_SECONDS

    def resume_writing(self) -> None:
        busy = self._in_hand is not None
        self.deadline = NEVER if busy else self._loop.time() + self._limits.idle_seconds
