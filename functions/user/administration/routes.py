"""The routes of admins over other people's accounts."""

from typing import Annotated

from fastapi import Query, Response

from functions.user.administration.change_user import change_user
from functions.user.administration.filters import UserFilters
from functions.user.administration.list_users import list_users
from functions.user.administration.schemas import UserList
from functions.user.administration.view_user import view_user
from functions.user.schemas import AccountStatus, ChangeUser, KycStatus, Role, UserBody
from paycore.email_address import EmailAddress
from paycore.http import Router, cached_entry, current_caller, needs, reply, request_origin
from paycore.pagination import CursorQuery, LimitQuery

routes = Router(tags=["users"])

EmailQuery = Annotated[EmailAddress | None, Query(description="Exactly this address")]


@routes.get("/v1/users", response_model=UserList, openapi_extra=needs("users:read"))
async def get_users(
    caller: current_caller,
    origin: request_origin,
    email: EmailQuery = None,
    role: Role | None = None,
    status: AccountStatus | None = None,
    kyc_status: KycStatus | None = None,
    limit: LimitQuery = 20,
    cursor: CursorQuery = None,
) -> Response:
    """Lists accounts, newest first, without what is personal."""
    return reply(200, list_users(caller, UserFilters(email, role, status, kyc_status), limit, cursor, origin))


@routes.get("/v1/users/{user_id}", response_model=UserBody, openapi_extra=needs("pii:read"))
async def get_user(user_id: str, caller: current_caller, cached: cached_entry, origin: request_origin) -> Response:
    """Shows anybody's account; that it was shown is on record."""
    return reply(200, view_user(caller, user_id, cached, origin))


@routes.patch("/v1/users/{user_id}", response_model=UserBody, openapi_extra=needs("users:write", step_up=True))
async def patch_user(user_id: str, body: ChangeUser, caller: current_caller, origin: request_origin) -> Response:
    """Changes somebody's roles, or disables and enables the account."""
    return reply(200, change_user(caller, user_id, body, origin))
