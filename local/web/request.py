"""HTTP/1.1 requests as the httptools parser delivers them, bounded in size."""

import re
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus

import httptools

# RFC 9110, 7.2: a name, an IPv4 address or one in brackets, and perhaps a port.
HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~%!$&'()*+;=-]+)(?::[0-9]{0,5})?")


@dataclass(frozen=True)
class Limits:
    """What one connection may ask of us."""

    target_bytes: int
    head_bytes: int
    body_bytes: int
    idle_seconds: float
    request_seconds: float


@dataclass(slots=True)
class Request:
    """One complete request; headers are as they were sent."""

    target: bytes = b""
    method: str = ""
    version: str = "1.1"
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    keep_alive: bool = True


class Refused(Exception):
    """Raised inside the parser: the request is answered with this status and the connection ends."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RequestReader:
    """Collects the parser's callbacks into requests and enforces the limits of size."""

    def __init__(self, limits: Limits) -> None:
        self.complete: deque[Request] = deque()
        self._limits = limits
        self._parser = httptools.HttpRequestParser(self)
        self._parts: list[bytes] = []
        self._head_bytes = self._headers_bytes = self._body_bytes = 0
        self._has_host = self._in_body = False
        self.expects_continue = False
        self.current = Request()

    @property
    def in_the_middle(self) -> bool:
        """Whether a request has begun and not ended."""
        return self._in_body or self._head_bytes > 0

    def feed(self, data: bytes) -> None:
        """Reads on; what is complete then waits in `complete`. Raises Refused."""
        if not self._in_body:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.complete[-1].keep_alive = False  # we stay with HTTP/1.1, which RFC 9110 7.8 allows
        except httptools.HttpParserError as error:
            cause = error.__context__
            raise cause if isinstance(cause, Refused) else Refused(HTTPStatus.BAD_REQUEST) from error
        if not self._in_body and self._head_bytes > self._limits.head_bytes:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        self._has_host = False
        self._headers_bytes = self._body_bytes = 0

    def on_url(self, part: bytes) -> None:
        self.current.target += part
        if len(self.current.target) > self._limits.target_bytes:
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._in_body:
            return  # a trailer
        self.current.headers.append((name, value))
        self._headers_bytes += len(name) + len(value)
        if len(name) == 4 and name.lower() == b"host":
            if self._has_host or not HOST.fullmatch(value):
                raise Refused(HTTPStatus.BAD_REQUEST)
            self._has_host = True
        elif len(name) == 6 and name.lower() == b"expect":
            self.expects_continue = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        request, parser = self.current, self._parser
        request.method = parser.get_method().decode()
        request.version = parser.get_http_version()
        request.keep_alive = parser.should_keep_alive()
        self._in_body = True
        if self._headers_bytes > self._limits.head_bytes:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if not self._has_host and request.version == "1.1":
            raise Refused(HTTPStatus.BAD_REQUEST)

    def on_body(self, part: bytes) -> None:
        self._body_bytes += len(part)
        if self._body_bytes > self._limits.body_bytes:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        self._parts.append(part)

    def on_message_complete(self) -> None:
        if self._parts:
            self.current.body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            self._parts = []
        self._in_body = self.expects_continue = False
        self._head_bytes = 0
        self.complete.append(self.current)
        self.current = Request()
