"""A client of the small system: plain HTTP, raw bytes, the Invoke API and the logs."""

import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from local.configuration import HOST, Configuration

PATIENCE_SECONDS = 60  # who polls a consumer that was killed asks again after half of it


def wait_until(happened: Callable[[], bool], pause_s: float = 0.02) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(pause_s)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)


class Caller:
    """Speaks to the system under test."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration

    def http(self, verb: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        return self._send(self.configuration.ports.gateway, verb, path, body, headers)

    def invoke(self, name: str, event: object, **headers: str) -> Answer:
        path = f"/2015-03-31/functions/{name}/invocations"
        return self._send(self.configuration.ports.invoke, "POST", path, json.dumps(event).encode(), headers)

    def raw(self, data: bytes, *, pause: float = 0.0) -> bytes:
        """Whatever the gateway answers to these bytes until it closes."""
        with socket.create_connection((HOST, self.configuration.ports.gateway), timeout=10) as client:
            client.sendall(data)
            time.sleep(pause)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def log(self, name: str) -> str:
        return self.configuration.log_file(name).read_text()

    def _send(self, port: int, verb: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection(HOST, port, timeout=30)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(verb, path, body, named)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers), answer.read())
        finally:
            connection.close()
