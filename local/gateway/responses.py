"""The answers that the gateway gives by itself, as the template's gateway responses define them."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.gateway.exchange import Exchange, Refusal, variable
from local.template import Template

VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.]+)")
MESSAGE = "error.messageString"  # the one variable that brings its own quotes
HEADER_PREFIX = "gatewayresponse.header."
AWS_BODY = '{"message":$context.error.messageString}'

# Status and X-Amzn-ErrorType by AWS (docs: "Gateway response types").
KINDS: Mapping[str, tuple[int, str]] = {
    "ACCESS_DENIED": (403, "AccessDeniedException"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": (500, "AuthorizerFailureException"),
    "DEFAULT_4XX": (400, "BadRequestException"),
    "DEFAULT_5XX": (502, "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": (504, "InternalServerErrorException"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "MissingAuthenticationTokenException"),
    "REQUEST_TOO_LARGE": (413, "RequestTooLargeException"),
    "THROTTLED": (429, "TooManyRequestsException"),
    "UNAUTHORIZED": (401, "UnauthorizedException"),
    "WAF_FILTERED": (403, "ForbiddenException"),
}
# What API Gateway's front end refuses before it knows the API; here with the API's own headers and body.
# A code has one status: each has its own.
UNREADABLE = {
    408: ("request_timeout", "The request did not arrive in time."),
    414: ("uri_too_long", "Path and query are longer than the gateway takes."),
    431: ("headers_too_large", "The headers are larger than the gateway takes."),
}

Part = Callable[[Exchange], object]


@dataclass(frozen=True)
class Response:
    """One gateway response, ready to be filled in."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def render(self, exchange: Exchange, kind: str, status: int | None = None) -> tuple[int, bytes, bytes]:
        """Status, header lines and body."""
        head = "".join(f"{name}: {fill(value, exchange)}\r\n" for name, value in self.headers)
        body = fill(self.body, exchange)
        if status and status != self.status:
            body = reworded(body, status)
        head += f"x-amzn-ErrorType: {KINDS[kind][1]}\r\n"
        return status or self.status, exchange.identity_head() + head.encode("latin-1"), body.encode()


def fill(text: str, exchange: Exchange) -> str:
    """Replaces the `$context` variables; a value cannot end the JSON text around it."""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == MESSAGE:
            return json.dumps(exchange.error.message if exchange.error else None)
        return json.dumps(str(variable(name)(exchange)))[1:-1]

    return VARIABLE.sub(value, text)


def reworded(body: str, status: int) -> str:
    """The problem document of a request that could not be read: what it says of itself follows the status."""
    problem = json.loads(body)
    code, detail = UNREADABLE[status]
    title = code.replace("_", " ").capitalize()
    words = {"type": f"urn:paycore:error:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return json.dumps({name: words.get(name, value) for name, value in problem.items()})


class GatewayResponses:
    """All responses by type; what the template leaves out follows its DEFAULT_4XX and DEFAULT_5XX, then AWS."""

    def __init__(self, template: Template) -> None:
        declared = {
            resource.properties["ResponseType"]: resource.properties
            for resource in template.of_kind("AWS::ApiGateway::GatewayResponse")
        }
        self._responses = {kind: _response(kind, declared) for kind in KINDS}

    def refuse(self, exchange: Exchange, refusal: Refusal) -> tuple[int, bytes, bytes]:
        exchange.error = refusal
        return self._responses[refusal.kind].render(exchange, refusal.kind)

    def unreadable(self, exchange: Exchange, status: int) -> tuple[int, bytes, bytes]:
        """For a request that was refused before its end."""
        if status == 413:
            return self.refuse(exchange, Refusal("REQUEST_TOO_LARGE", "Request Too Long"))
        exchange.error = Refusal("DEFAULT_4XX", UNREADABLE[status][1] if status in UNREADABLE else "Bad Request")
        known = status if status in UNREADABLE else None
        return self._responses["DEFAULT_4XX"].render(exchange, "DEFAULT_4XX", known)


def _response(kind: str, declared: Mapping[str, Mapping[str, Any]]) -> Response:
    status, _ = KINDS[kind]
    properties = declared.get(kind) or declared.get("DEFAULT_4XX" if status < 500 else "DEFAULT_5XX") or {}
    templates = properties.get("ResponseTemplates") or {"application/json": AWS_BODY}
    content_type = "application/json" if "application/json" in templates else next(iter(templates))
    for name in VARIABLE.findall(templates[content_type]):
        _ = name == MESSAGE or variable(name)  # an unknown one must stop the start, not an answer
    headers = {"Content-Type": content_type}
    for name, expression in properties.get("ResponseParameters", {}).items():
        headers[name.removeprefix(HEADER_PREFIX)] = header_text(expression)
    return Response(
        status=int(properties.get("StatusCode", status)),
        headers=tuple(headers.items()),
        body=templates[content_type],
    )


def header_text(expression: str) -> str:
    """The value of a mapping expression: a text in single quotes, or `context.<name>`."""
    if expression.startswith("'"):
        return expression[1:-1]
    if expression.startswith("context."):
        return f"${expression}"
    raise LookupError(f"{expression} is no header value that the local gateway knows")
