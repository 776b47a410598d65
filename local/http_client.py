"""A person at the API: an HTTP client with a source address of its own, so that each has a limit of its own."""

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local.configuration import HOST

TIMEOUT_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back: `body` is the parsed JSON (or None), `raw` its very bytes."""

    status: int
    headers: Mapping[str, str]
    raw: bytes
    milliseconds: float

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None


class Client:
    """Sends requests from one address; carries a token once it has one."""

    def __init__(self, port: int, address: str = HOST) -> None:
        self.port = port
        self.address = address
        self.token: str | None = None

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answer:
        """One request on a connection of its own. `raw` sends bytes as they are instead of a JSON body."""
        sent = dict(headers or {})
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if key:
            sent["Idempotency-Key"] = key
        content = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(
            HOST, self.port, timeout=TIMEOUT_SECONDS, source_address=(self.address, 0)
        )
        started = time.perf_counter()
        try:
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            text = answer.read()
            took = (time.perf_counter() - started) * 1000
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text, took)
        finally:
            connection.close()
