"""Accounts in a list."""

from typing import Literal

from pydantic import BaseModel

from functions.user.schemas import AccountStatus, KycStatus, Role


class ListedUser(BaseModel):
    """An account without what is personal."""

    object: Literal["user"]
    id: str
    roles: list[Role]
    status: AccountStatus
    kyc_status: KycStatus
    version: int
    created_at: str
    updated_at: str


class UserList(BaseModel):
    """Newest first."""

    object: Literal["list"]
    data: list[ListedUser]
    has_more: bool
    next_cursor: str | None
