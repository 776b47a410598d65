"""The routes of the verification of who somebody is."""

from fastapi import Response

from functions.user.kyc.decide import decide_kyc
from functions.user.kyc.request import request_kyc
from functions.user.kyc.schemas import DecideKyc, KycBody, RequestKyc
from paycore.http import Router, current_caller, needs, reply, request_key, request_origin
from paycore.http.answers import kept

routes = Router(tags=["users"])


@routes.post("/v1/users/me/kyc", response_model=KycBody, openapi_extra=needs("kyc:request", key="accepted"))
async def post_kyc(
    body: RequestKyc,  # noqa: ARG001  # it has no fields, and must be there
    caller: current_caller,
    origin: request_origin,
    key: request_key,
) -> Response:
    """Asks for the verification of who the caller is."""
    return kept(request_kyc(caller, origin, key))


@routes.put("/v1/users/{user_id}/kyc", response_model=KycBody, openapi_extra=needs("kyc:decide", step_up=True))
async def put_kyc(user_id: str, body: DecideKyc, caller: current_caller, origin: request_origin) -> Response:
    """Says whether somebody's identity is verified."""
    return reply(200, decide_kyc(caller, user_id, body, origin))
