"""The routes of the spending limits."""

from typing import Annotated, get_args

from fastapi import Query, Response

from functions.transaction.limits.change_limits import list_limits, remove_limits, set_limits
from functions.transaction.limits.schemas import SetLimits, SpendingLimitBody, SpendingLimitList
from paycore.errors import SpendingLimitNotFound
from paycore.fields import FreeText
from paycore.http import Router, current_caller, needs, reply, request_origin
from paycore.ledger.commands import LimitGroup

routes = Router(tags=["spending limits"])

_NO_CONTENT = 204
_GROUPS: tuple[LimitGroup, ...] = get_args(LimitGroup)


@routes.get("/v1/admin/spending-limits", response_model=SpendingLimitList, openapi_extra=needs("spending_limits:read"))
async def get_limits() -> Response:
    """Lists what the roles and whoever is not verified may spend."""
    return reply(200, list_limits())


@routes.put(
    "/v1/admin/spending-limits/{role}/{currency}",
    response_model=SpendingLimitBody,
    openapi_extra=needs("spending_limits:write", step_up=True),
)
async def put_limits(
    role: str, currency: str, body: SetLimits, caller: current_caller, origin: request_origin
) -> Response:
    """Sets what a role, or `unverified`, may spend in a currency."""
    return reply(200, set_limits(caller, _group(role), currency, body, origin))


@routes.delete(
    "/v1/admin/spending-limits/{role}/{currency}",
    status_code=_NO_CONTENT,
    response_class=Response,
    openapi_extra=needs("spending_limits:write", step_up=True),
)
async def delete_limits(
    role: str, currency: str, reason: Annotated[FreeText, Query()], caller: current_caller, origin: request_origin
) -> Response:
    """Lifts the limits of a role, or of `unverified`, in a currency."""
    remove_limits(caller, _group(role), currency, reason, origin)
    return Response(status_code=_NO_CONTENT)


def _group(text: str) -> LimitGroup:
    for group in _GROUPS:
        if group == text:
            return group
    raise SpendingLimitNotFound
