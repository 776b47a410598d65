"""Health of one function's own dependencies (the shape of draft-inadarei-api-health-check)."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from paycore import cache
from paycore.errors import Unavailable
from paycore.http import Router, needs, reply
from paycore.observability import logger

# Asks one dependency something trivial; raises Unavailable where there is no answer.
Check = Callable[[], None]

PASS, WARN, FAIL = "pass", "warn", "fail"


class CheckBody(BaseModel):
    """One dependency."""

    status: str
    latency_ms: float


class HealthBody(BaseModel):
    """`warn`: something is missing that we can do without."""

    status: str
    checks: dict[str, CheckBody]


def health_router(service: str, needed: Mapping[str, Check], helpful: Mapping[str, Check]) -> Router:
    """GET /health/<service>: 503 when a needed dependency fails, 200 with `warn` when only a helpful one does."""
    routes = Router(tags=["health"])

    @routes.get(f"/health/{service}", response_model=HealthBody, openapi_extra=needs("public"))
    async def get_health() -> Response:
        """Asks this function's own dependencies."""
        checks = {name: _ask(name, check) for name, check in {**needed, **helpful}.items()}
        failed = {name for name, check in checks.items() if check["status"] == FAIL}
        status = FAIL if failed & needed.keys() else WARN if failed else PASS
        return reply(503 if status == FAIL else 200, {"status": status, "checks": checks})

    return routes


def redis_check() -> None:
    """One PING."""
    try:
        cache.ask(lambda client: client.ping())
    except cache.CacheUnavailable as trouble:
        raise Unavailable from trouble


def _ask(name: str, check: Check) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        check()
        status = PASS
    except Unavailable:
        logger.warning("a dependency is unavailable", extra={"dependency": name})
        status = FAIL
    return {"status": status, "latency_ms": round((time.perf_counter() - started) * 1000, 1)}
