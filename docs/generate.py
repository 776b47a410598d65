"""Generates what the code already says: the OpenAPI document, docs/errors.md, docs/events.md and docs/permissions.md.

`python docs/generate.py` writes them, `--check` fails when one is stale.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "docs")

from fastapi.routing import APIRoute  # noqa: E402

from cdk.catalog import FUNCTIONS  # noqa: E402
from cdk.gateway_refusals import RESPONSES  # noqa: E402
from cdk.specs import Routes  # noqa: E402
from docs import permission_table, refusals  # noqa: E402
from functions.edge.routes import routes as edge  # noqa: E402
from functions.notification.routes import routes as notification  # noqa: E402
from functions.payment.routes import routes as payment  # noqa: E402
from functions.transaction.conversion.routes import routes as conversion  # noqa: E402
from functions.transaction.limits.routes import routes as limits  # noqa: E402
from functions.transaction.routes import routes as transaction  # noqa: E402
from functions.transaction.schedules.routes import routes as schedules  # noqa: E402
from functions.transaction.step_up.routes import routes as step_up  # noqa: E402
from functions.transaction.verification.routes import routes as verification  # noqa: E402
from functions.user.account.routes import routes as account  # noqa: E402
from functions.user.administration.routes import routes as administration  # noqa: E402
from functions.user.api_keys.routes import routes as api_keys  # noqa: E402
from functions.user.email.routes import routes as email  # noqa: E402
from functions.user.kyc.routes import routes as kyc  # noqa: E402
from functions.user.phone.routes import routes as phone  # noqa: E402
from functions.user.routes import auth_routes, user_routes  # noqa: E402
from functions.user.second_factor.routes import factor_routes  # noqa: E402
from functions.wallet.routes import routes as wallet  # noqa: E402
from functions.wallet.rules.routes import routes as balance_rules  # noqa: E402
from functions.wallet.statement.routes import routes as statement  # noqa: E402
from local.gateway.responses import UNREADABLE  # noqa: E402
from paycore.errors import all_errors  # noqa: E402
from paycore.events.registry import event_types  # noqa: E402
from paycore.health import health_router  # noqa: E402
from paycore.http.app import bare_app  # noqa: E402
from paycore.http.problem import PROBLEM, title  # noqa: E402

SERVICES = [
    path.removeprefix("/health/")
    for spec in FUNCTIONS
    if isinstance(spec.trigger, Routes)
    for path in spec.trigger.public
    if path.startswith("/health/")
]
HEALTH = [health_router(service, {}, {}) for service in SERVICES]
ROUTERS = (
    edge,
    *HEALTH,
    auth_routes,
    user_routes,
    factor_routes,
    api_keys,
    email,
    account,
    administration,
    kyc,
    phone,
    wallet,
    statement,
    balance_rules,
    transaction,
    conversion,
    limits,
    step_up,
    schedules,
    verification,
    payment,
    notification,
)
ABOUT = """Money in minor units (`{"amount": 1250, "currency": "EUR"}` is 12.50 EUR), times in RFC 3339 UTC.

Sign in with `POST /v1/auth/login` and send its `access_token` as a bearer token. A refusal is problem+json (RFC 9457)
with a stable `code`. Repeat a request that moves money with the same `Idempotency-Key`: it has one effect and the same
answer. What looks like a card number is refused in free text, in names and in metadata."""
ANSWER_HEADERS = {
    "Request-Id": ("string", "The id of this request, as in logs, audit and events."),
    "RateLimit": ("string", 'What the address has left: `"ip";r=57;t=12` is 57 requests, and more in 12 seconds.'),
    "RateLimit-Policy": ("string", 'The limit: `"ip";q=100;w=60` is 100 requests in 60 seconds.'),
    "Retry-After": ("integer", "Seconds to wait, where the refusal says `retryable`."),
    "Idempotency-Replayed": ("boolean", "`true` where an earlier request with this Idempotency-Key was answered so."),
}
OF_EVERY_ANSWER = ("Request-Id", "RateLimit", "RateLimit-Policy")
# The answers that refuse, with their headers; a kept one is told again to the same key.
REFUSALS = {
    "Refusal": (*OF_EVERY_ANSWER, "Retry-After"),
    "KeptRefusal": (*OF_EVERY_ANSWER, "Retry-After", "Idempotency-Replayed"),
}
PROBLEM_SCHEMA = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "request_id", "retryable"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "retryable": {"type": "boolean"},
    },
}


OF_THE_GATEWAY = ("414", "431")  # a path with its query, or headers, may be too long for whatever operation


def openapi() -> str:
    """The OpenAPI 3.1 document of the whole API; each operation may answer with a problem."""
    document = bare_app("Paycore", *ROUTERS).openapi()
    document["info"] |= {"version": "1", "description": ABOUT}
    document["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    document["components"]["headers"] = {
        name: {"description": text, "schema": {"type": kind}} for name, (kind, text) in ANSWER_HEADERS.items()
    }
    document["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    document["components"]["responses"] = {name: _refusal(headers) for name, headers in REFUSALS.items()}
    endpoints = _endpoints()
    for path, method, operation in _operations(document):
        operation["summary"] = operation.pop("description").partition("\n")[0].rstrip(".")
        operation["responses"].pop("422", None)  # FastAPI's own, in its own shape
        if any(parameter["name"] == "dry_run" for parameter in operation.get("parameters", ())):
            operation["responses"]["200"] = {**operation["responses"]["201"], "description": "A dry run"}
        _describe_headers(operation)
        for status in (*refusals.statuses(path, operation, endpoints[path, method]), *OF_THE_GATEWAY, "4XX", "5XX"):
            name = "KeptRefusal" if _replays(operation) and not status.startswith("5") else "Refusal"
            operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{name}"})
        if operation["x-permission"] != "public":
            operation["security"] = [{"bearer": []}]
        if (rule := operation.get("x-idempotency-key", "ignored")) != "ignored":
            key = {"name": "Idempotency-Key", "in": "header", "required": rule == "required"}
            schema = {"type": "string", "minLength": 1, "maxLength": 255}
            operation.setdefault("parameters", []).append({**key, "schema": schema})
    for unused in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(unused, None)
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _refusal(headers: Sequence[str]) -> dict[str, Any]:
    """A problem; which of the headers it has depends on its code."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": "A refusal (RFC 9457)", "content": content, "headers": _headers(*headers)}


def _describe_headers(operation: dict[str, Any]) -> None:
    """Names the headers of each good answer."""
    replayed = ["Idempotency-Replayed"] if _replays(operation) else []
    for status, answer in operation["responses"].items():
        operation["responses"][status] = {**answer, "headers": _headers(*OF_EVERY_ANSWER, *replayed)}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _replays(operation: dict[str, Any]) -> bool:
    return str(operation.get("x-idempotency-key", "ignored")) != "ignored"


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield path, method, operation


def _endpoints() -> dict[tuple[str, str], Callable[..., Any]]:
    """The function of each route, by path and method as in the document."""
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return {(route.path_format, method.lower()): route.endpoint for route in routes for method in route.methods or ()}


def errors() -> str:
    """Every refusal, by status and code: those of the functions, then those that the gateway gives by itself."""
    lines = ["# Refusals", "", "Generated from `paycore/errors.py`. A code has one status.", ""]
    lines += ["| status | code | title | what it means | facts | retry |", "|---|---|---|---|---|---|"]
    for error in sorted(all_errors().values(), key=lambda kind: (kind.status, kind.code)):
        names: list[str] = [field.name for field in fields(error)] if is_dataclass(error) else []
        facts = ", ".join(f"`{name}`" for name in names if name != "retry_after_s")
        retry = "yes" if error.retryable else ""
        lines.append(f"| {error.status} | `{error.code}` | {title(error.code)} | {error.detail} | {facts} | {retry} |")
    return "\n".join([*lines, *_gateway_errors()]) + "\n"


def _gateway_errors() -> Iterator[str]:
    yield from ["", "## Of the gateway", ""]
    yield "Generated from `cdk/gateway_refusals.py` and `local/gateway/responses.py`."
    yield "It gives them before a function is asked; some codes are those of the functions."
    yield from ["", "| status | code | when | what it means | retry |", "|---|---|---|---|---|"]
    rows = [(each.status, each.code, each.type, each.detail, each.retry_after_s) for each in RESPONSES]
    rows += [(status, code, "unreadable", detail, None) for status, (code, detail) in UNREADABLE.items()]
    for status, code, kind, detail, retry in sorted(rows, key=lambda row: row[:3]):
        yield f"| {status} | `{code}` | {kind} | {detail} | {'yes' if retry else ''} |"


def events() -> str:
    """Every event, by topic and type."""
    lines = ["# Events", "", "Generated from `paycore/events`. Key of a message: what its order is kept for.", ""]
    lines += ["| topic | type | version | data | |", "|---|---|---|---|---|"]
    for kind in sorted(event_types().values(), key=lambda kind: (kind.TOPIC, kind.TYPE)):
        data = ", ".join(f"`{field.name}`" for field in fields(kind))
        said = (kind.__doc__ or "").strip().splitlines()[0]
        lines.append(f"| {kind.TOPIC} | `{kind.TYPE}` | {kind.VERSION} | {data} | {said} |")
    return "\n".join(lines) + "\n"


GENERATED: dict[str, Callable[[], str]] = {
    "functions/edge/openapi.json": openapi,
    "docs/errors.md": errors,
    "docs/events.md": events,
    "docs/permissions.md": lambda: permission_table.page(json.loads(openapi())),
}


def main() -> int:
    """0 when everything is (now) up to date."""
    stale = [name for name, make in GENERATED.items() if _read(name) != make()]
    if "--check" in sys.argv:
        sys.stderr.writelines(f"{name} is stale: run python docs/generate.py\n" for name in stale)
        return 1 if stale else 0
    for name in stale:
        (REPOSITORY / name).write_text(GENERATED[name]())
    return 0


def _read(name: str) -> str:
    path = REPOSITORY / name
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
