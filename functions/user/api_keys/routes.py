"""The routes of API keys."""

from fastapi import Response

from functions.user.api_keys.make_key import make_key, roll_key
from functions.user.api_keys.read_keys import list_keys, read_key
from functions.user.api_keys.revoke_key import revoke_key
from functions.user.api_keys.schemas import ApiKeyBody, ApiKeyList, MakeApiKey, NewApiKeyBody, RollApiKey
from paycore.http import Router, current_caller, needs, reply, request_origin
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["api keys"])

_NO_CONTENT = 204


@routes.post(
    "/v1/api-keys",
    status_code=201,
    response_model=NewApiKeyBody,
    openapi_extra=needs("api_keys:write", step_up=True),
)
async def post_api_key(body: MakeApiKey, caller: current_caller, origin: request_origin) -> Response:
    """Makes an API key; `secret` is shown this once."""
    return reply(201, make_key(caller, body, origin))


@routes.get("/v1/api-keys", response_model=ApiKeyList, openapi_extra=needs("api_keys:read"))
async def get_api_keys(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists the caller's API keys, newest first."""
    return reply(200, list_keys(caller, limit, cursor))


@routes.get("/v1/api-keys/{key_id}", response_model=ApiKeyBody, openapi_extra=needs("api_keys:read"))
async def get_api_key(key_id: str, caller: current_caller) -> Response:
    """Shows one of the caller's API keys."""
    return reply(200, read_key(caller, key_id))


@routes.post(
    "/v1/api-keys/{key_id}/roll",
    status_code=201,
    response_model=NewApiKeyBody,
    openapi_extra=needs("api_keys:write", step_up=True),
)
async def post_roll(key_id: str, body: RollApiKey, caller: current_caller, origin: request_origin) -> Response:
    """Makes a key in the place of this one, which ends after the overlap."""
    return reply(201, roll_key(caller, key_id, body, origin))


@routes.delete(
    "/v1/api-keys/{key_id}",
    status_code=_NO_CONTENT,
    response_class=Response,
    openapi_extra=needs("api_keys:write"),
)
async def delete_api_key(key_id: str, caller: current_caller, origin: request_origin) -> Response:
    """Revokes an API key, effective with the next request."""
    revoke_key(caller, key_id, origin)
    return Response(status_code=_NO_CONTENT)
