"""Health of one function's own dependencies (the shape of draft-inadarei-api-health-check)."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from paycore import cache
from paycore.errors import Unavailable
from paycore.http import Router, needs, reply
from paycore.observability import logger


@dataclass(frozen=True, slots=True)
class Observed:
    """What a check has measured, and whether that is still well."""

    value: float
    unit: str
    well: bool


# Asks one dependency something trivial; raises Unavailable where there is no answer.
Check = Callable[[], Observed | None]

PASS, WARN, FAIL = "pass", "warn", "fail"


class CheckBody(BaseModel):
    """One dependency."""

    status: str
    latency_ms: float
    observed_value: float | None = None
    observed_unit: str | None = None


class HealthBody(BaseModel):
    """`warn`: something is missing that we can do without."""

    status: str
    checks: dict[str, CheckBody]


UNHEALTHY: dict[int | str, dict[str, Any]] = {503: {"model": HealthBody, "description": "Something needed fails"}}


def health_router(service: str, needed: Mapping[str, Check], helpful: Mapping[str, Check]) -> Router:
    """GET /health/<service>: 503 when a needed dependency fails, 200 with `warn` when only a helpful one does."""
    routes = Router(tags=["health"])

    @routes.get(f"/health/{service}", response_model=HealthBody, responses=UNHEALTHY, openapi_extra=needs("public"))
    async def get_health() -> Response:
        """Asks this function's own dependencies."""
        checks = {name: _ask(name, check) for name, check in {**needed, **helpful}.items()}
        failed = {name for name, check in checks.items() if check["status"] == FAIL}
        passed = all(check["status"] == PASS for check in checks.values())
        status = FAIL if failed & needed.keys() else PASS if passed else WARN
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
    observed = None
    try:
        observed = check()
        status = PASS if observed is None or observed.well else WARN
    except Unavailable:
        logger.warning("a dependency is unavailable", extra={"dependency": name})
        status = FAIL
    answer: dict[str, Any] = {"status": status, "latency_ms": round((time.perf_counter() - started) * 1000, 1)}
    if observed is not None:
        answer |= {"observed_value": round(observed.value, 1), "observed_unit": observed.unit}
    return answer
