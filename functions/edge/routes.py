"""The routes of the edge: all public."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from pydantic import BaseModel

from functions.edge import swagger
from functions.edge.health import ask_all
from paycore import settings
from paycore.health import UNHEALTHY, HealthBody
from paycore.http import Router, needs, reply
from paycore.settings import TokenVerificationSettings

routes = Router(tags=["edge"])

PUBLIC = needs("public")
# The keys change seldom, and an old one stays valid for hours after a new one came (RFC 7517 sets no life).
CACHED = {"Cache-Control": "public, max-age=300"}


class JwkSet(BaseModel):
    """Public keys (RFC 7517)."""

    keys: list[dict[str, str]]


@routes.get("/health", response_model=HealthBody, responses=UNHEALTHY, openapi_extra=PUBLIC)
@routes.get("/health/ready", response_model=HealthBody, responses=UNHEALTHY, openapi_extra=PUBLIC)
async def get_health() -> Response:
    """Asks every service; 503 when one fails."""
    health = ask_all()
    return reply(503 if health["status"] == "fail" else 200, health)


@routes.get("/.well-known/jwks.json", response_model=JwkSet, openapi_extra=PUBLIC)
async def get_jwks() -> Response:
    """The public keys of our access tokens."""
    return reply(200, json.loads(settings.read(TokenVerificationSettings).token_jwks), CACHED)


@routes.get("/openapi.json", openapi_extra=PUBLIC)
async def get_openapi() -> Response:
    """The contract of the whole API."""
    return reply(200, _openapi(), CACHED)


@routes.get("/docs", include_in_schema=False, openapi_extra=PUBLIC)
async def get_docs() -> Response:
    """Swagger UI."""
    return swagger.page()


@routes.get("/docs/{name}", include_in_schema=False, openapi_extra=PUBLIC)
async def get_docs_file(name: str) -> Response:
    """A script or style of Swagger UI."""
    return swagger.file(name)


@cache
def _openapi() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent / "openapi.json").read_text())
    return document
