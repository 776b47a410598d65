"""One HTTP call to the processor: verified TLS, bounded in time and size, no redirects, and no guess about failure."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from paycore import aws, settings
from paycore.invariants import ensure
from paycore.settings import ProcessorSettings

# From the first byte sent to the last byte read. Two of these and the database fit well within API Gateway's 29 s.
DEADLINE_S = 3.0
_ANSWER_BYTES_MAX = 16 * 1024
_READ_BYTES = 4096
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Unclear(Exception):
    """Nobody knows whether the processor did it. Asking again with the same key is safe, guessing is not."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """An answer that tells something definite: 2xx, or a 4xx that is not about load."""

    status: int
    body: bytes


def call(method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> RawAnswer:
    """The processor's answer; raises Unclear for silence, a redirect, 429, 5xx or too many bytes."""
    own = settings.read(ProcessorSettings)
    base = urlsplit(own.processor_url)
    headers = {"Authorization": f"Bearer {aws.secret(own.processor_secret)['password']}", "Accept": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    if body is not None:
        headers["Content-Type"] = "application/json"
    deadline = time.monotonic() + DEADLINE_S
    connection = _connection(base.scheme, base.hostname or "", base.port)
    try:
        connection.connect()
        wire = connection.sock  # the connection drops it once the server says that it will close
        connection.request(method, base.path + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        status, content = answer.status, _read(wire, answer, deadline)
    except (OSError, http.client.HTTPException) as trouble:  # OSError: refused, reset, timed out, bad certificate
        raise Unclear(type(trouble).__name__) from trouble
    finally:
        connection.close()
    if status == 429 or not (200 <= status < 300 or 400 <= status < 500):
        raise Unclear(f"status {status}")
    return RawAnswer(status, content)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=DEADLINE_S, context=_tls())
    ensure(scheme == "http" and host in _LOOPBACK, "card data leaves this machine over TLS only")
    return http.client.HTTPConnection(host, port, timeout=DEADLINE_S)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read(wire: socket.socket, answer: http.client.HTTPResponse, deadline: float) -> bytes:
    """The body, read so that an answer that drips ends at the deadline, too."""
    content = b""
    while True:
        remaining_s = deadline - time.monotonic()
        if remaining_s <= 0:
            raise TimeoutError
        wire.settimeout(remaining_s)
        part = answer.read1(_READ_BYTES)
        if not part:
            if answer.length:  # read1 takes an early end for the end
                raise http.client.IncompleteRead(content, answer.length)
            return content
        content += part
        if len(content) > _ANSWER_BYTES_MAX:
            raise http.client.HTTPException("the answer is too long")
