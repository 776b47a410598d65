"""The routes of the second factor."""

from fastapi import Response

from functions.user.schemas import NewSessionBody
from functions.user.second_factor.challenge import pass_challenge
from functions.user.second_factor.change import disable, read_factor, renew_codes, stop_reset
from functions.user.second_factor.enroll import confirm, enroll
from functions.user.second_factor.reset import ask_for_reset
from functions.user.second_factor.schemas import (
    AccessTokenBody,
    ChangeFactor,
    ConfirmFactor,
    EnrollFactor,
    MfaBody,
    MfaEnrollmentBody,
    MfaResetBody,
    PassChallenge,
    RecoveryCodesBody,
    ResetFactor,
    ShowFactor,
)
from functions.user.second_factor.step_up import step_up
from paycore.http import Router, current_caller, needs, reply, request_origin

factor_routes = Router(tags=["second factor"])

_NO_CONTENT = 204
_WRITES_ITS_OWN = needs("mfa:write")


@factor_routes.post("/v1/auth/login/mfa", response_model=NewSessionBody, openapi_extra=needs("public"))
async def post_login_code(body: PassChallenge, origin: request_origin) -> Response:
    """Begins the session for which signing in asked for a code."""
    return reply(200, pass_challenge(body, origin))


@factor_routes.get("/v1/auth/mfa", response_model=MfaBody, openapi_extra=needs("mfa:read"))
async def get_factor(caller: current_caller) -> Response:
    """Shows the state of the caller's second factor."""
    return reply(200, read_factor(caller))


@factor_routes.post("/v1/auth/mfa/enroll", response_model=MfaEnrollmentBody, openapi_extra=_WRITES_ITS_OWN)
async def post_enrollment(body: EnrollFactor, caller: current_caller, origin: request_origin) -> Response:
    """Makes a seed for the caller's phone; its first code makes it work."""
    return reply(200, enroll(caller, body, origin))


@factor_routes.post("/v1/auth/mfa/confirm", response_model=RecoveryCodesBody, openapi_extra=_WRITES_ITS_OWN)
async def post_confirmation(body: ConfirmFactor, caller: current_caller, origin: request_origin) -> Response:
    """Activates the second factor with its first code; shows the recovery codes once."""
    return reply(200, confirm(caller, body, origin))


@factor_routes.post("/v1/auth/mfa/step-up", response_model=AccessTokenBody, openapi_extra=_WRITES_ITS_OWN)
async def post_step_up(body: ShowFactor, caller: current_caller, origin: request_origin) -> Response:
    """Shows the second factor; what needs it is open to the new access token for five minutes."""
    return reply(200, step_up(caller, body.code, origin))


@factor_routes.post(
    "/v1/auth/mfa/recovery-codes", response_model=RecoveryCodesBody, openapi_extra=needs("mfa:write", step_up=True)
)
async def post_recovery_codes(
    body: ChangeFactor,  # noqa: ARG001  # it has no fields, and must be there
    caller: current_caller,
    origin: request_origin,
) -> Response:
    """Makes new recovery codes; older ones do not work any more."""
    return reply(200, renew_codes(caller, origin))


@factor_routes.post("/v1/auth/mfa/disable", response_model=MfaBody, openapi_extra=needs("mfa:write", step_up=True))
async def post_disabling(
    body: ChangeFactor,  # noqa: ARG001
    caller: current_caller,
    origin: request_origin,
) -> Response:
    """Removes the caller's second factor."""
    return reply(200, disable(caller, origin))


@factor_routes.delete(
    "/v1/auth/mfa/reset", status_code=_NO_CONTENT, response_class=Response, openapi_extra=_WRITES_ITS_OWN
)
async def delete_reset(caller: current_caller, origin: request_origin) -> Response:
    """Stops an admin's wish to remove the caller's second factor."""
    stop_reset(caller, origin)
    return Response(status_code=_NO_CONTENT)


@factor_routes.put(
    "/v1/users/{user_id}/mfa/reset", response_model=MfaResetBody, openapi_extra=needs("mfa:reset", step_up=True)
)
async def put_reset(user_id: str, body: ResetFactor, caller: current_caller, origin: request_origin) -> Response:
    """Has somebody's lost second factor removed after a day, unless its owner stops it."""
    return reply(200, ask_for_reset(caller, user_id, body, origin))
