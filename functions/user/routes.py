"""The routes of the user API."""

from fastapi import Response

from functions.user.accept_invitation import accept_invitation
from functions.user.change_profile import change_profile
from functions.user.change_user import change_user
from functions.user.log_in import log_in
from functions.user.log_out import log_out
from functions.user.origin import request_origin
from functions.user.read_profile import read_profile
from functions.user.refresh import refresh
from functions.user.register import register
from functions.user.resend_verification import resend_verification
from functions.user.schemas import (
    AcceptInvitation,
    ChangeProfile,
    ChangeUser,
    LogIn,
    Register,
    RegistrationBody,
    ResendVerification,
    SessionBody,
    UserBody,
    UseRefreshToken,
    VerifyEmail,
)
from functions.user.verify_email import verify_email
from paycore.http import Router, cached_entry, current_caller, needs, reply

auth_routes = Router(tags=["auth"])
user_routes = Router(tags=["users"])

_SENT = {"object": "registration", "status": "verification_sent"}
_NO_CONTENT = 204


@auth_routes.post("/v1/auth/register", status_code=202, response_model=RegistrationBody, openapi_extra=needs("public"))
async def post_registration(body: Register, origin: request_origin) -> Response:
    """Asks for an account: a code goes to the address, if it has no account yet."""
    register(body, origin)
    return reply(202, _SENT)


@auth_routes.post(
    "/v1/auth/resend-verification", status_code=202, response_model=RegistrationBody, openapi_extra=needs("public")
)
async def post_resend(body: ResendVerification, origin: request_origin) -> Response:
    """Asks for a new code; one a minute."""
    resend_verification(body.email, origin)
    return reply(202, _SENT)


@auth_routes.post("/v1/auth/verify-email", response_model=UserBody, openapi_extra=needs("public"))
async def post_verification(body: VerifyEmail, origin: request_origin) -> Response:
    """Proves the address with the code: the account begins."""
    return reply(200, verify_email(body.email, body.code, origin))


@auth_routes.post("/v1/auth/accept-invitation", response_model=UserBody, openapi_extra=needs("public"))
async def post_acceptance(body: AcceptInvitation, origin: request_origin) -> Response:
    """Makes the account that an operator invited to."""
    return reply(200, accept_invitation(body, origin))


@auth_routes.post("/v1/auth/login", response_model=SessionBody, openapi_extra=needs("public"))
async def post_login(body: LogIn, origin: request_origin) -> Response:
    """Begins a session."""
    return reply(200, log_in(body, origin))


@auth_routes.post("/v1/auth/refresh", response_model=SessionBody, openapi_extra=needs("public"))
async def post_refresh(body: UseRefreshToken, origin: request_origin) -> Response:
    """Exchanges the refresh token; each works once."""
    return reply(200, refresh(body.refresh_token, origin))


@auth_routes.post("/v1/auth/logout", status_code=_NO_CONTENT, response_class=Response, openapi_extra=needs("public"))
async def post_logout(body: UseRefreshToken, origin: request_origin) -> Response:
    """Ends the session of the refresh token."""
    log_out(body.refresh_token, origin)
    return Response(status_code=_NO_CONTENT)


@user_routes.get("/v1/users/me", response_model=UserBody, openapi_extra=needs("profile:read"))
async def get_me(caller: current_caller, cached: cached_entry) -> Response:
    """Shows the caller's profile."""
    return reply(200, read_profile(caller.user_id, cached))


@user_routes.patch("/v1/users/me", response_model=UserBody, openapi_extra=needs("profile:write"))
async def patch_me(body: ChangeProfile, caller: current_caller, origin: request_origin) -> Response:
    """Changes the caller's profile."""
    return reply(200, change_profile(caller.user_id, body, origin.request_id))


@user_routes.get("/v1/users/{user_id}", response_model=UserBody, openapi_extra=needs("users:read"))
async def get_user(user_id: str, cached: cached_entry) -> Response:
    """Shows anybody's account."""
    return reply(200, read_profile(user_id, cached))


@user_routes.patch("/v1/users/{user_id}", response_model=UserBody, openapi_extra=needs("users:write"))
async def patch_user(user_id: str, body: ChangeUser, caller: current_caller, origin: request_origin) -> Response:
    """Changes somebody's roles, or closes and reopens the account."""
    return reply(200, change_user(caller, user_id, body, origin.request_id))
