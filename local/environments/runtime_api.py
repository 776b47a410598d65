"""The Runtime API of one environment: what its runtime client asks for and delivers.

Each environment has a port of its own, as on AWS: the client reports a failed start only to a bare host and port.
"""

from typing import Protocol

from local.environments.invocation import PAYLOAD_BYTES_MAX
from local.web.connection import NEVER, Connection, Connections
from local.web.request import Limits, Request

RUNTIME_LIMITS = Limits(
    target_bytes=4096,
    head_bytes=2 * 1024 * 1024,  # the client puts an exception's frames into a header
    body_bytes=PAYLOAD_BYTES_MAX,
    idle_seconds=NEVER,
    request_seconds=NEVER,
)
INVOCATION = b"/2018-06-01/runtime/invocation/"
NEXT = INVOCATION + b"next"
INIT_ERROR = b"/2018-06-01/runtime/init/error"


class Listener(Protocol):
    """The environment, as its Runtime API sees it."""

    def asked_for_next(self, connection: "RuntimeConnection") -> None: ...

    def answered(self, request_id: str, verb: str, payload: bytes) -> bool: ...

    def answer_too_large(self) -> None: ...

    def init_failed(self, payload: bytes) -> None: ...


class RuntimeConnection(Connection):
    """The runtime client's connection: it asks for the next event and delivers answers."""

    def __init__(self, connections: Connections, environment: Listener) -> None:
        super().__init__(connections)
        self._environment = environment

    def received(self, request: Request) -> None:
        environment, target = self._environment, request.target
        if target == NEXT:
            environment.asked_for_next(self)
        elif target == INIT_ERROR:
            environment.init_failed(request.body)
            self.answer(202, b"")
        else:
            request_id, _, verb = target[len(INVOCATION) :].decode().partition("/")
            known = environment.answered(request_id, verb, request.body)
            self.answer(202 if known else 400, b"")

    def refused(self, request: Request, status: int) -> None:
        if status == 413:
            self._environment.answer_too_large()
        super().refused(request, status)
