"""The routes of the verification of a phone."""

from fastapi import Response

from functions.user.phone.ask_for_verification import ask_for_verification
from functions.user.phone.confirm_phone import confirm_phone
from functions.user.phone.schemas import ConfirmPhone, PhoneVerificationBody
from functions.user.schemas import UserBody
from paycore.http import Router, current_caller, needs, reply, request_key, request_origin
from paycore.http.answers import kept

routes = Router(tags=["users"])


@routes.post(
    "/v1/users/me/phone/verification",
    status_code=202,
    response_model=PhoneVerificationBody,
    openapi_extra=needs("phone:verify", key="accepted"),
)
async def post_phone_verification(caller: current_caller, origin: request_origin, key: request_key) -> Response:
    """Asks for a code to the phone of the caller's profile; one a minute."""
    return kept(ask_for_verification(caller, origin, key))


@routes.post("/v1/users/me/phone/verification/confirm", response_model=UserBody, openapi_extra=needs("phone:verify"))
async def post_phone_confirmation(body: ConfirmPhone, caller: current_caller, origin: request_origin) -> Response:
    """Proves with the code that the phone is the caller's."""
    return reply(200, confirm_phone(caller, body.code, origin))
