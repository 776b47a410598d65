"""The routes of a whole account: its export and its end."""

from typing import Annotated

from fastapi import Query, Response

from functions.user.account.close import close_account
from functions.user.account.export import export_account
from functions.user.account.schemas import ExportBody
from paycore.http import Router, current_caller, needs, reply, request_origin

routes = Router(tags=["users"])

_NO_CONTENT = 204
_SAVED_AS = {"Content-Disposition": 'attachment; filename="paycore-export.json"'}
# One wallet for each of the currencies that there are is less.
_SWEEP_TO_LENGTH_MAX = 8_000

SweepToQuery = Annotated[
    str | None,
    Query(
        max_length=_SWEEP_TO_LENGTH_MAX,
        description="Ids of others' wallets, parted by commas, one for a currency: they get what is in the caller's",
    ),
]


@routes.delete(
    "/v1/users/me",
    status_code=_NO_CONTENT,
    response_class=Response,
    openapi_extra=needs("account:close", recent_sign_in=True),
)
async def delete_me(caller: current_caller, origin: request_origin, sweep_to: SweepToQuery = None) -> Response:
    """Closes the caller's account for good."""
    close_account(caller, sweep_to, origin)
    return Response(status_code=_NO_CONTENT)


@routes.get(
    "/v1/users/me/export",
    response_model=ExportBody,
    openapi_extra=needs("account:export", recent_sign_in=True),
)
async def get_export(caller: current_caller, origin: request_origin) -> Response:
    """Shows what is kept about the caller as one document."""
    return reply(200, export_account(caller, origin), _SAVED_AS)
