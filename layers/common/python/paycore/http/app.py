"""The application of an API function: FastAPI inside, the gate in front, one shape for every refusal."""

from collections import defaultdict
from functools import partial
from typing import cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from paycore import settings
from paycore.errors import InvalidParameter, InvalidRequest, MethodNotAllowed, NotFound, PaymentError, PreflightRefused
from paycore.http.gate import EntryKey, Gate, Identify
from paycore.http.pointer import pointer
from paycore.http.problem import InternalError, problem
from paycore.http.routes import body_names
from paycore.http.strict_json import FAULTS_MAX
from paycore.settings import HttpSettings

CORS_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
CORS_REQUEST_HEADERS = ["Authorization", "Content-Type", "Idempotency-Key"]
CORS_ANSWER_HEADERS = ["Request-Id", "Idempotency-Replayed", "RateLimit", "RateLimit-Policy", "Retry-After"]
_PREFLIGHT_LIFE_S = 3600


def create_app(
    title: str,
    *routers: APIRouter,
    identify: Identify | None = None,
    entry_key: EntryKey | None = None,
    limited: bool = True,
) -> ASGIApp:
    """The ASGI application of one function.

    `identify` turns the authorizer's context into the caller (`paycore.session.caller_of`); without it the function
    has public routes only. `entry_key` names the cache entry that a GET will show: routes get it as
    `cached_entry`. `limited` false: no limit per address, and no Redis.
    """
    own = settings.read(HttpSettings)
    cors = partial(
        _Cors,
        allow_origins=[origin for origin in own.cors_origins.split(",") if origin],
        allow_methods=CORS_METHODS,
        allow_headers=CORS_REQUEST_HEADERS,
        expose_headers=CORS_ANSWER_HEADERS,
        max_age=_PREFLIGHT_LIFE_S,
    )
    limit = own.rate_limit_per_minute if limited else None
    return Gate(bare_app(title, *routers), limit, identify, entry_key, cors=cors)


class _Cors(CORSMiddleware):
    """Starlette's middleware, but a refused preflight is a problem and allows nothing."""

    def preflight_response(self, request_headers: Headers) -> Response:
        answer = super().preflight_response(request_headers)
        if answer.status_code >= 400:
            raise PreflightRefused
        return answer


def bare_app(title: str, *routers: APIRouter) -> FastAPI:
    """The routes alone: what the OpenAPI document is made of."""
    app = FastAPI(title=title, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.methods = methods = defaultdict[str, set[str]](set)
    for router in routers:
        app.include_router(router)
        for route in router.routes:
            if isinstance(route, APIRoute):
                methods[route.path_format] |= route.methods or set()
    app.add_exception_handler(PaymentError, _render_refusal)
    app.add_exception_handler(RequestValidationError, _render_invalid)
    app.add_exception_handler(HTTPException, _render_framework)
    app.add_exception_handler(Exception, _render_bug)
    return app


async def _render_refusal(request: Request, refusal: Exception) -> Response:
    refusal = cast(PaymentError, refusal)
    return problem(refusal, request.scope["paycore.request_id"])


async def _render_bug(request: Request, _: Exception) -> Response:
    """Opaque. Starlette raises the bug again after this answer; the gate logs it."""
    return problem(InternalError(), request.scope["paycore.request_id"])


async def _render_framework(request: Request, refusal: Exception) -> Response:
    """Starlette's own 404 and 405, in our shape."""
    refusal = cast(HTTPException, refusal)
    ours = MethodNotAllowed() if refusal.status_code == 405 else NotFound()
    answer = problem(ours, request.scope["paycore.request_id"])
    if refusal.status_code == 405:
        answer.headers["Allow"] = ", ".join(_methods_of(request))
    return answer


def _methods_of(request: Request) -> list[str]:
    """What the path's template answers to (RFC 9110, 10.2.1). Starlette names the methods of its first route alone."""
    named: dict[str, set[str]] = request.app.state.methods
    allowed = named[request.scope["route"].path_format]
    return [method for method in CORS_METHODS if method in allowed]


async def _render_invalid(request: Request, refusal: Exception) -> Response:
    """Pydantic's findings without the submitted values. A wrong query parameter is 400, the rest 422."""
    refusal = cast(RequestValidationError, refusal)
    request_id = request.scope["paycore.request_id"]
    for fault in refusal.errors():
        if fault["loc"][0] == "query":
            return problem(InvalidParameter(param=str(fault["loc"][-1])), request_id)
    names = body_names(request.scope["route"])
    return problem(InvalidRequest([_fault(fault, names) for fault in refusal.errors()[:FAULTS_MAX]]), request_id)


def _fault(fault: dict[str, object], names: frozenset[str]) -> dict[str, str]:
    location = cast(tuple[str | int, ...], fault["loc"])
    kind = str(fault["type"])
    return {
        "param": pointer(location[1:], names),
        "code": kind,
        "detail": _detail(kind, str(fault["msg"])),
    }


def _detail(kind: str, message: str) -> str:
    """Pydantic's message, except where it could repeat what was sent."""
    if kind == "extra_forbidden":
        return "This object has a name that the route does not know."
    return message.removeprefix("Value error, ")
