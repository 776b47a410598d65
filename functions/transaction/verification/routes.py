"""The route of the ledger's verification."""

from fastapi import Response

from functions.transaction.verification.read_verification import read_verification
from functions.transaction.verification.schemas import LedgerVerificationBody
from paycore.http import Router, current_caller, needs, reply

routes = Router(tags=["ledger"])


@routes.get(
    "/v1/admin/ledger/verify",
    response_model=LedgerVerificationBody,
    openapi_extra=needs("ledger:verify"),
)
async def get_verification(caller: current_caller) -> Response:  # noqa: ARG001  # an admin, as the route demands
    """Says whether the ledger is intact."""
    return reply(200, read_verification())
