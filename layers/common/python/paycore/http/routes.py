"""Routes that check a request in the settled order before FastAPI sees it (api.md, "Order of checks").

Permission and step-up 403, size 413, media type 415, JSON 400, Idempotency-Key 400, query 400; then FastAPI: 422.
`dry_run` is judged with the key, since it says whether one is needed.
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from paycore.cache_entries import Lookup
from paycore.caller import Caller
from paycore.errors import (
    BodyTooLarge,
    IdempotencyKeyRequired,
    InvalidIdempotencyKey,
    MissingToken,
    UnsupportedMediaType,
)
from paycore.http.pointer import names_of
from paycore.http.query import check_query, is_dry
from paycore.http.strict_json import canonical, read_object
from paycore.origin import Origin
from paycore.permissions import Permission
from paycore.request_key import RequestKey, clean_key, fingerprint

BODY_BYTES_MAX = 256 * 1024

KeyRule = Literal["required", "accepted", "ignored"]


def needs(
    permission: Permission | Literal["public"],
    key: KeyRule = "ignored",
    body_bytes_max: int = BODY_BYTES_MAX,
    *,
    step_up: bool = False,
    recent_sign_in: bool = False,
) -> dict[str, str | int | bool]:
    """What a route demands, for its `openapi_extra`: enforced by StrictRoute and readable in the OpenAPI document.

    `step_up`: the caller has just shown a second factor; `recent_sign_in`: that or the password.
    """
    asked = {"x-step-up": step_up, "x-recent-sign-in": recent_sign_in}
    shown = {name: True for name, is_asked in asked.items() if is_asked}
    return {"x-permission": permission, "x-idempotency-key": key, "x-body-bytes-max": body_bytes_max, **shown}


class StrictRequest(Request):
    """A request whose body was read and judged before."""

    def __init__(self, request: Request, body: dict[str, Any]) -> None:
        super().__init__(request.scope, request.receive)
        self._json = body
        self._body = b"{}"  # FastAPI only asks whether there is one


class StrictRoute(APIRoute):
    """One route with the checks of this module in front."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        extra = self.openapi_extra or {}
        permission = extra["x-permission"]  # a route that names none cannot be made
        key_rule = extra.get("x-idempotency-key", "ignored")
        body_bytes_max = extra.get("x-body-bytes-max", BODY_BYTES_MAX)
        step_up, recent_sign_in = extra.get("x-step-up", False), extra.get("x-recent-sign-in", False)
        parameters = {field.alias for field in _query_fields(self.dependant)}

        async def checked(request: Request) -> Response:
            if permission != "public":
                _caller(request).require(permission)
            if step_up:
                _caller(request).require_step_up()
            if recent_sign_in:
                _caller(request).require_recent_sign_in()
            body = await _read_body(request, self, body_bytes_max) if self.body_field else None
            if "dry_run" in parameters and is_dry(request):
                request.scope["paycore.request_key"] = _no_key(request)
            elif key_rule != "ignored":
                _read_key(request, self, body, required=key_rule == "required")
            check_query(request, parameters)
            return await handle(StrictRequest(request, body) if body is not None else request)

        return checked


class Router(APIRouter):
    """The router of a service: all its routes are strict."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=StrictRoute, redirect_slashes=False, **options)


def _caller(request: Request) -> Caller:
    caller: Caller | None = request.scope.get("paycore.caller")
    if caller is None:
        raise MissingToken
    return caller


async def _current_caller(request: Request) -> Caller:
    return _caller(request)


async def _cached_entry(request: Request) -> Lookup:
    lookup: Lookup = request.scope["paycore.lookup"]
    return lookup


async def _request_origin(request: Request) -> Origin:
    origin: Origin = request.scope["paycore.origin"]
    return origin


async def _request_key(request: Request) -> RequestKey | None:
    key: RequestKey | None = request.scope.get("paycore.request_key")
    return key


async def _required_key(request: Request) -> RequestKey:
    key: RequestKey = request.scope["paycore.request_key"]
    return key


# What a route's parameters are annotated with. A route that takes `dry_run` needs no key where it is true.
DryRunQuery = Annotated[bool, Query(description="All checks, nothing kept; answers 200 and needs no key")]
current_caller = Annotated[Caller, Depends(_current_caller)]
cached_entry = Annotated[Lookup, Depends(_cached_entry)]
request_origin = Annotated[Origin, Depends(_request_origin)]
request_key = Annotated[RequestKey | None, Depends(_request_key)]
required_key = Annotated[RequestKey, Depends(_required_key)]


def body_names(route: APIRoute) -> frozenset[str]:
    """The names that a route's body may have, at any depth."""
    model = route.body_field.field_info.annotation if route.body_field else None
    return names_of(model) if isinstance(model, type) and issubclass(model, BaseModel) else frozenset()


async def _read_body(request: Request, route: APIRoute, bytes_max: int) -> dict[str, Any]:
    body = await request.body()
    if len(body) > bytes_max:
        raise BodyTooLarge
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise UnsupportedMediaType
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType
    return read_object(body, lambda: body_names(route))


def _read_key(request: Request, route: APIRoute, body: dict[str, Any] | None, *, required: bool) -> None:
    headers = request.headers.getlist("idempotency-key")
    if not headers:
        if required:
            raise IdempotencyKeyRequired
        return
    if len(headers) > 1:
        raise InvalidIdempotencyKey
    request.scope["paycore.request_key"] = RequestKey(
        principal=_caller(request).user_id,
        route=f"{request.method} {route.path_format}",
        key=clean_key(headers[0]),
        fingerprint=fingerprint(request.method, request.url.path, request.url.query, canonical(body)),
        request_id=request.scope["paycore.request_id"],
    )


def _no_key(request: Request) -> RequestKey:
    """A dry run has no key, and one that is sent is not looked at: nothing is claimed."""
    request_id = request.scope["paycore.request_id"]
    return RequestKey(_caller(request).user_id, "dry run", "", "", request_id)


def _query_fields(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for inner in dependant.dependencies:
        yield from _query_fields(inner)
