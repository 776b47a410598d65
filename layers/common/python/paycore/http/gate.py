"""What every request passes before its route: limit per address, session; and every answer: request id and headers."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paycore.caller import Caller, cache_key, key_entry
from paycore.errors import AddressNotAllowed, ApiKeyExpired, InvalidToken, NotFound, PaymentError, PreflightRefused
from paycore.household import household
from paycore.http.problem import InternalError, problem
from paycore.observability import logger
from paycore.origin import Origin
from paycore.rate_limit import Admission, Allowance, Lookups, admit, move_to_address
from paycore.request_id import request_id_of

# The caller from the authorizer's context, the cached session or key (or None for a miss), and the request's origin.
Identify = Callable[[dict[str, Any], str | None, Origin], Caller]

# The key of the cache entry that a GET of this path by this user id will show, or None.
EntryKey = Callable[[str, str], str | None]

# api.md, "Security headers". An answer that sets one of them itself keeps its own.
SECURITY_HEADERS = {
    b"strict-transport-security": b"max-age=31536000; includeSubDomains",
    b"x-content-type-options": b"nosniff",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
}


class Gate:
    """The outermost ASGI application of an API function; `cors` stands inside it, and around all that may refuse."""

    def __init__(
        self,
        app: ASGIApp,
        limit: int | None,
        identify: Identify | None,
        entry_key: EntryKey | None = None,
        *,
        cors: Callable[[ASGIApp], ASGIApp],
    ) -> None:
        self._app = app
        self._limit = limit
        self._identify = identify
        self._entry_key = entry_key
        self._inner = cors(self._serve)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        event = scope["aws.event"]
        scope["paycore.request_id"] = request_id = request_id_of(event)
        started = time.perf_counter()
        scope["paycore.answer"] = answer = _Answer(send, [(b"request-id", request_id.encode())])
        try:
            await self._inner(scope, receive, answer.send)
        except PreflightRefused as refusal:
            await problem(refusal, request_id)(scope, receive, answer.send)
        finally:
            caller: Caller | None = scope.get("paycore.caller")
            logger.info(
                "request",
                extra={
                    "request_id": request_id,
                    "method": scope["method"],
                    "route": getattr(scope.get("route"), "path_format", None),
                    "status": answer.status,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 1),
                    "user_id": caller.user_id if caller else None,
                    "cached": scope.get("paycore.cache_hits"),
                    "address": event["requestContext"]["identity"]["sourceIp"],
                },
            )

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Every request but a preflight, which CORS answers itself: that is neither counted nor identified."""
        request_id, answer = scope["paycore.request_id"], scope["paycore.answer"]
        try:
            self._admit(scope, answer)
            _refuse_nul(scope)
            await self._app(scope, receive, send)
        except PaymentError as refusal:
            await problem(refusal, request_id)(scope, receive, send)
        except Exception:  # noqa: BLE001  # the one place where a bug becomes an answer; the whole is in the log
            logger.exception("unexpected failure", extra={"request_id": request_id})
            if answer.status is None:  # a bug in a route was answered already
                await problem(InternalError(), request_id)(scope, receive, send)

    def _admit(self, scope: Scope, answer: "_Answer") -> None:
        """Raises RateLimited and what identifying raises."""
        if self._limit is None:
            return
        context, request_id = scope["aws.event"]["requestContext"], scope["paycore.request_id"]
        authorizer = context.get("authorizer") if self._identify else None
        address = context["identity"]["sourceIp"]
        source = household(address)
        state_key, is_api_key = _asker(authorizer or {})
        lookups = Lookups(state_key, is_api_key, self._entry_of(scope, authorizer or {}))
        admission = admit(source, self._limit, request_id, lookups)
        scope["paycore.lookup"] = admission.lookup
        scope["paycore.cache_hits"] = admission.hits(lookups)
        scope["paycore.origin"] = origin = Origin(address, request_id, admission.allowance.exact)
        answer.be_within(admission)
        if self._identify and authorizer:
            if _count(scope["aws.event"], "authorization") > 1:
                raise InvalidToken  # the gateway may have the authorizer's answer to one of them: which counts?
            try:
                caller = self._identify(authorizer, admission.cached_state, origin)
            except (AddressNotAllowed, ApiKeyExpired, InvalidToken):
                # a thief must not use up the owner's allowance, and what opens nothing has none
                if state_key and admission.allowance.policy == "key":
                    answer.be_within(move_to_address(source, self._limit, request_id, state_key))
                raise
            scope["paycore.caller"] = replace(caller, limits_are_exact=admission.allowance.exact)

    def _entry_of(self, scope: Scope, authorizer: dict[str, Any]) -> str | None:
        if self._entry_key is None or scope["method"] != "GET":
            return None
        return self._entry_key(scope["path"], str(authorizer.get("user_id")))


def _asker(authorizer: dict[str, Any]) -> tuple[str | None, bool]:
    """The cache entry of who asks, and whether it is that of an API key."""
    if "api_key" in authorizer:
        return key_entry(str(authorizer["api_key"])), True
    session_id = authorizer.get("session_id")
    return (cache_key(session_id) if session_id else None), False


def _refuse_nul(scope: Scope) -> None:
    """Raises NotFound: no name of ours has a NUL, and PostgreSQL takes none in a text."""
    if "\0" in scope["path"]:
        raise NotFound


def _count(event: dict[str, Any], name: str) -> int:
    """How often a request has a header, in any case; the framework sees several as one."""
    headers = event.get("multiValueHeaders") or {}
    return sum(len(values) for each, values in headers.items() if each.lower() == name)


class _Answer:
    """Adds the headers of every answer on its way out, and remembers its status."""

    def __init__(self, send: Send, headers: list[tuple[bytes, bytes]]) -> None:
        self._send = send
        self.headers = headers
        self.status: int | None = None
        self._allowance: Allowance | None = None

    def be_within(self, admission: Admission) -> None:
        """Tells what is left; raises RateLimited where nothing is."""
        self._allowance = admission.allowance
        if refusal := admission.refuse():
            raise refusal

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = {name.lower() for name, _ in message["headers"]}
            defaults = [(name, value) for name, value in SECURITY_HEADERS.items() if name not in own]
            limits = self._allowance.headers() if self._allowance else []
            message = {**message, "headers": [*message["headers"], *self.headers, *limits, *defaults]}
        await self._send(message)
