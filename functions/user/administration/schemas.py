"""Accounts in a list."""

from typing import Literal

from pydantic import BaseModel

from functions.user.schemas import AccountStatus, Role


class ListedUser(BaseModel):
    """An account without what is personal."""

    object: Literal["user"]
    id: str
    roles: list[Role]
    status: AccountStatus
    version: int
    created_at: str
    updated_at: str


class UserList(BaseModel):
    """Newest first."""

    object: Literal["list"]
    data: list[ListedUser]
    has_more: bool
    next_cursor: str | None
