"""The routes of a change of address."""

from fastapi import Response

from functions.user.email.ask_for_change import ask_for_change
from functions.user.email.confirm_change import confirm_change
from functions.user.email.schemas import ChangeEmail, ConfirmEmail, EmailChangeBody
from functions.user.schemas import UserBody
from paycore.http import Router, current_caller, needs, reply, request_origin

routes = Router(tags=["auth"])


@routes.post(
    "/v1/auth/email/change", status_code=202, response_model=EmailChangeBody, openapi_extra=needs("email:change")
)
async def post_email(body: ChangeEmail, caller: current_caller, origin: request_origin) -> Response:
    """Asks for another address: a code goes to it."""
    ask_for_change(caller, body, origin)
    return reply(202, {"object": "email_change", "status": "code_sent"})


@routes.post("/v1/auth/email/confirm", response_model=UserBody, openapi_extra=needs("email:change"))
async def post_email_confirmation(body: ConfirmEmail, caller: current_caller, origin: request_origin) -> Response:
    """Changes the address, with the code."""
    return reply(200, confirm_change(caller, body.code, origin))
