"""Lambda's Invoke API, for boto3, the Kafka poller, the scheduler and the migration step."""

import asyncio
import json
from urllib.parse import unquote

from local.environments.asynchronous import AsynchronousCalls
from local.environments.fleet import Fleet
from local.environments.invocation import (
    PAYLOAD_BYTES_MAX,
    Outcome,
    TooManyRequests,
    new_request_id,
)
from local.template import function_arn
from local.web.connection import NEVER, Connection, Connections
from local.web.request import Limits, Request

INVOKE_LIMITS = Limits(
    target_bytes=4096,
    head_bytes=16 * 1024,
    body_bytes=PAYLOAD_BYTES_MAX,
    idle_seconds=NEVER,  # poller and scheduler keep theirs
    request_seconds=30.0,
)
PREFIX, SUFFIX = "/2015-03-31/functions/", "/invocations"


class InvokeConnection(Connection):
    """A caller of functions."""

    def __init__(self, connections: Connections, fleet: Fleet, calls: AsynchronousCalls) -> None:
        super().__init__(connections)
        self._fleet, self._calls = fleet, calls

    def received(self, request: Request) -> None:
        path = request.target.decode("latin-1").partition("?")[0]
        if request.method != "POST" or not (path.startswith(PREFIX) and path.endswith(SUFFIX)):
            self._say(404, "UnknownOperationException", f"{request.method} {path} is not served here")
            return
        name = unquote(path[len(PREFIX) : -len(SUFFIX)]).split(":function:")[-1].split(":")[0]
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in request.headers}
        kind = headers.get("x-amz-invocation-type", "RequestResponse")
        trace_id = headers.get("x-amzn-trace-id", "")
        payload = request.body or b"{}"
        if name not in self._fleet.pools:
            self._say(404, "ResourceNotFoundException", f"Function not found: {function_arn(name)}")
        elif not is_json(payload):
            self._say(400, "InvalidRequestContentException", "Could not parse request body into json")
        elif kind == "DryRun":
            self.answer(204, identity(new_request_id()))
        else:
            self._call(name, payload, trace_id, asynchronous=kind == "Event")

    def refused(self, request: Request, status: int) -> None:  # noqa: ARG002 - the status says it
        kind = "RequestTooLargeException" if status == 413 else "InvalidRequestContentException"
        self._say(status, kind, "the request could not be read")

    def _call(self, name: str, payload: bytes, trace_id: str, *, asynchronous: bool) -> None:
        try:
            if asynchronous:
                self._calls.accept(name, payload, trace_id)
                self.answer(202, identity(new_request_id()))
            else:
                self._fleet.submit(name, payload, trace_id).add_done_callback(self._ended)
        except TooManyRequests:
            self._say(429, "TooManyRequestsException", "Rate Exceeded.")

    def _ended(self, future: asyncio.Future[Outcome]) -> None:
        if future.cancelled():
            self.transport.abort()
            return
        outcome = future.result()
        head = identity(outcome.request_id) + b"X-Amz-Executed-Version: $LATEST\r\n"
        if outcome.error:
            head += b"X-Amz-Function-Error: %s\r\n" % outcome.error.encode()
        self.answer(200, head, outcome.payload)

    def _say(self, status: int, kind: str, message: str) -> None:
        body = json.dumps({"Type": "User", "Message": message}).encode()
        self.answer(status, identity(new_request_id()) + b"X-Amzn-ErrorType: %s\r\n" % kind.encode(), body)


def identity(request_id: str) -> bytes:
    return b"Content-Type: application/json\r\nx-amzn-RequestId: %s\r\n" % request_id.encode()


def is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except ValueError:
        return False
    return True
