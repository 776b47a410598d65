"""The routes of the step-up limits."""

from typing import Annotated

from fastapi import Query, Response

from functions.transaction.step_up.change_limits import (
    list_step_up_limits,
    remove_step_up_limit,
    set_step_up_limit,
)
from functions.transaction.step_up.schemas import SetStepUpLimit, StepUpLimitBody, StepUpLimitList
from paycore.fields import FreeText
from paycore.http import Router, current_caller, needs, reply, request_origin

routes = Router(tags=["step-up limits"])

_NO_CONTENT = 204


@routes.get("/v1/admin/step-up-limits", response_model=StepUpLimitList, openapi_extra=needs("spending_limits:read"))
async def get_limits() -> Response:
    """Lists what goes without the second factor, where an admin has set it."""
    return reply(200, list_step_up_limits())


@routes.put(
    "/v1/admin/step-up-limits/{currency}",
    response_model=StepUpLimitBody,
    openapi_extra=needs("spending_limits:write", step_up=True),
)
async def put_limit(currency: str, body: SetStepUpLimit, caller: current_caller, origin: request_origin) -> Response:
    """Sets what one request may move in a currency without the second factor."""
    return reply(200, set_step_up_limit(caller, currency, body, origin))


@routes.delete(
    "/v1/admin/step-up-limits/{currency}",
    status_code=_NO_CONTENT,
    response_class=Response,
    openapi_extra=needs("spending_limits:write", step_up=True),
)
async def delete_limit(
    currency: str, reason: Annotated[FreeText, Query()], caller: current_caller, origin: request_origin
) -> Response:
    """Gives a currency the limit again that all have."""
    remove_step_up_limit(caller, currency, reason, origin)
    return Response(status_code=_NO_CONTENT)
