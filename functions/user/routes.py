"""The routes of the user API."""

from fastapi import Response

from functions.user.accept_invitation import accept_invitation
from functions.user.change_profile import change_profile
from functions.user.log_in import log_in
from functions.user.log_out import log_out
from functions.user.password.ask_for_reset import ask_for_reset
from functions.user.password.change_password import change_password
from functions.user.password.reset_password import reset_password
from functions.user.read_profile import read_profile
from functions.user.refresh import refresh
from functions.user.register import register
from functions.user.resend_verification import resend_verification
from functions.user.schemas import (
    AcceptInvitation,
    ChangePassword,
    ChangeProfile,
    ForgotPassword,
    LogIn,
    NewSessionBody,
    PasswordResetBody,
    PasswordResetDoneBody,
    Register,
    RegistrationBody,
    ResendVerification,
    ResetPassword,
    SessionBody,
    UserBody,
    UseRefreshToken,
    UserSessionList,
    VerifyEmail,
)
from functions.user.second_factor.schemas import MfaChallengeBody
from functions.user.sessions.end_sessions import end_all_sessions, end_session
from functions.user.sessions.read_sessions import list_sessions
from functions.user.verify_email import verify_email
from paycore.http import Router, cached_entry, current_caller, needs, reply, request_origin
from paycore.pagination import CursorQuery, LimitQuery

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


@auth_routes.post("/v1/auth/login", response_model=NewSessionBody | MfaChallengeBody, openapi_extra=needs("public"))
async def post_login(body: LogIn, origin: request_origin) -> Response:
    """Begins a session, or asks for a code of the second factor. A 51st ends the one refreshed longest ago."""
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


@auth_routes.post(
    "/v1/auth/logout-all", status_code=_NO_CONTENT, response_class=Response, openapi_extra=needs("sessions:end")
)
async def post_logout_all(caller: current_caller, origin: request_origin) -> Response:
    """Ends all the caller's sessions."""
    end_all_sessions(caller, origin)
    return Response(status_code=_NO_CONTENT)


@auth_routes.post(
    "/v1/auth/password/forgot", status_code=202, response_model=PasswordResetBody, openapi_extra=needs("public")
)
async def post_forgotten_password(body: ForgotPassword, origin: request_origin) -> Response:
    """Asks for a code that sets a new password."""
    ask_for_reset(body.email, origin)
    return reply(202, {"object": "password_reset", "status": "code_sent"})


@auth_routes.post("/v1/auth/password/reset", response_model=PasswordResetDoneBody, openapi_extra=needs("public"))
async def post_password_reset(body: ResetPassword, origin: request_origin) -> Response:
    """Sets a new password with the code; all sessions end, and this device is known."""
    token = reset_password(body, origin)
    return reply(200, {"object": "password_reset", "status": "password_changed", "device_token": token})


@auth_routes.post("/v1/auth/password/change", response_model=SessionBody, openapi_extra=needs("password:change"))
async def post_password_change(body: ChangePassword, caller: current_caller, origin: request_origin) -> Response:
    """Sets a new password; a new session begins and all older ones end."""
    return reply(200, change_password(caller, body, origin))


@user_routes.get("/v1/users/me/sessions", response_model=UserSessionList, openapi_extra=needs("sessions:read"))
async def get_sessions(caller: current_caller, limit: LimitQuery = 20, cursor: CursorQuery = None) -> Response:
    """Lists where the caller is signed in, newest first."""
    return reply(200, list_sessions(caller, limit, cursor))


@user_routes.delete(
    "/v1/users/me/sessions/{session_id}",
    status_code=_NO_CONTENT,
    response_class=Response,
    openapi_extra=needs("sessions:end"),
)
async def delete_session(session_id: str, caller: current_caller, origin: request_origin) -> Response:
    """Ends one of the caller's sessions."""
    end_session(caller, session_id, origin)
    return Response(status_code=_NO_CONTENT)


@user_routes.get("/v1/users/me", response_model=UserBody, openapi_extra=needs("profile:read"))
async def get_me(caller: current_caller, cached: cached_entry) -> Response:
    """Shows the caller's profile."""
    return reply(200, read_profile(caller.user_id, cached))


@user_routes.patch("/v1/users/me", response_model=UserBody, openapi_extra=needs("profile:write"))
async def patch_me(
    body: ChangeProfile, caller: current_caller, cached: cached_entry, origin: request_origin
) -> Response:
    """Changes the caller's profile."""
    return reply(200, change_profile(caller, body, cached, origin))
