"""One request at the gateway from its arrival to its answer, and the `$context` variables that it means."""

import base64
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from local.environments.invocation import new_request_id
from local.gateway.routes import Match
from local.template import ACCOUNT, REGION
from local.web.request import Request

API_ID = "local"
DOMAIN = f"{API_ID}.execute-api.{REGION}.amazonaws.com"


@lru_cache(maxsize=4)
def request_time(second: int) -> str:
    """`09/Apr/2015:12:34:56 +0000`"""
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(second))


@lru_cache(maxsize=4)
def http_date(second: int) -> bytes:
    return time.strftime("Date: %a, %d %b %Y %H:%M:%S GMT\r\n", time.gmtime(second)).encode()


class Refusal(Exception):
    """The gateway answers by itself, with the gateway response of this type."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind, self.message = kind, message


@dataclass(slots=True)
class Exchange:
    """What is known of a request; the later fields are filled on its way."""

    request: Request
    peer: str
    stage: str
    path: str = field(init=False)
    query: str = field(init=False)
    headers: list[tuple[str, str, str]] = field(init=False)  # as sent, in lower case, value
    last_headers: dict[str, str] = field(init=False)  # by lower-case name
    request_id: str = field(init=False)  # the client's X-Amzn-RequestId if there is one, as with AWS
    extended_id: str = field(init=False)  # nobody's choice
    trace_id: str = field(init=False)
    epoch: float = field(default_factory=time.time)
    started: float = field(default_factory=time.perf_counter)
    match: Match | None = None
    authorizer: Mapping[str, str] | None = None
    authorizer_ms: int | None = None
    integration_ms: int | None = None
    integration_status: int | None = None
    function_request_id: str | None = None
    waf_code: str | None = None
    error: Refusal | None = None
    status: int = 0
    response_length: int = 0

    def __post_init__(self) -> None:
        path, _, self.query = self.request.target.decode("utf-8", "replace").partition("?")
        if not path.startswith("/"):  # absolute form: GET http://host/path
            path = "/" + path.partition("://")[2].partition("/")[2]
        self.path = path
        texts = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.request.headers]
        self.headers = [(name, name.lower(), value) for name, value in texts]
        self.last_headers = {lower: value for _, lower, value in self.headers}
        self.request_id = self.last_headers.get("x-amzn-requestid") or new_request_id()
        random = os.urandom(23)
        self.extended_id = base64.urlsafe_b64encode(random[:11]).decode()
        self.trace_id = f"Root=1-{int(self.epoch):08x}-{random[11:].hex()}"

    def elapsed_ms(self) -> int:
        return int((time.perf_counter() - self.started) * 1000)

    def identity_head(self) -> bytes:
        """The header lines that every answer has."""
        ids = f"x-amzn-RequestId: {self.request_id}\r\nx-amz-apigw-id: {self.extended_id}\r\n"
        return http_date(int(self.epoch)) + ids.encode("latin-1")


Variable = Callable[[Exchange], object]

VARIABLES: Mapping[str, Variable] = {
    "accountId": lambda _: ACCOUNT,
    "apiId": lambda _: API_ID,
    "authorizer.latency": lambda e: e.authorizer_ms,
    "authorizer.integrationLatency": lambda e: e.authorizer_ms,
    "domainName": lambda _: DOMAIN,
    "domainPrefix": lambda _: API_ID,
    "error.message": lambda e: e.error.message if e.error else None,
    "error.responseType": lambda e: e.error.kind if e.error else None,
    "extendedRequestId": lambda e: e.extended_id,
    "httpMethod": lambda e: e.request.method or None,
    "identity.sourceIp": lambda e: e.peer,
    "identity.userAgent": lambda e: e.last_headers.get("user-agent"),
    "integration.latency": lambda e: e.integration_ms,
    "integration.requestId": lambda e: e.function_request_id,
    "integration.status": lambda e: e.integration_status,
    "integrationLatency": lambda e: e.integration_ms,
    "integrationStatus": lambda e: e.integration_status,
    "path": lambda e: f"/{e.stage}{e.path}",
    "protocol": lambda e: f"HTTP/{e.request.version}",
    "requestId": lambda e: e.request_id,
    "requestTime": lambda e: request_time(int(e.epoch)),
    "requestTimeEpoch": lambda e: int(e.epoch * 1000),
    "resourcePath": lambda e: e.match.route.resource_path if e.match else None,
    "responseLatency": Exchange.elapsed_ms,
    "responseLength": lambda e: e.response_length,
    "stage": lambda e: e.stage,
    "status": lambda e: e.status,
    "wafResponseCode": lambda e: e.waf_code,
    "xrayTraceId": lambda e: e.trace_id,
}


def variable(name: str) -> Variable:
    """How `$context.<name>` is read; what the authorizer said is found by its own names."""
    if name in VARIABLES:
        return VARIABLES[name]
    prefix, _, key = name.partition(".")
    if prefix == "authorizer" and key:
        return lambda exchange: (exchange.authorizer or {}).get(key)
    raise LookupError(f"$context.{name} is not known to the local gateway")
