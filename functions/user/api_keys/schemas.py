"""Bodies of the API keys' routes."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from paycore.fields import Name, StrictModel
from paycore.permissions import Scope

LIFE_DAYS, LIFE_DAYS_MAX = 90, 365
OVERLAP_S_MAX = 7 * 24 * 60 * 60
SCOPES_MAX, ADDRESSES_MAX = 50, 20


def _network(text: str) -> str:
    """An address or a network, in its canonical form; one with host bits set says something else than it means.

    Raises ValueError; also for a scope id (RFC 4007), which names a link of one machine, and no PostgreSQL takes.
    """
    if "%" in text:
        raise ValueError("no scope id")
    return str(ipaddress.ip_network(text))


Network = Annotated[str, Field(max_length=49), AfterValidator(_network)]
LifeDays = Annotated[int, Field(ge=1, le=LIFE_DAYS_MAX)]


class MakeApiKey(StrictModel):
    """A wish for a key. `ip_allowlist`: addresses and networks (CIDR) that it may be used from; empty: any."""

    name: Name
    scopes: list[Scope] = Field(min_length=1, max_length=SCOPES_MAX)
    ip_allowlist: list[Network] = Field(default_factory=list, max_length=ADDRESSES_MAX)
    expires_in_days: LifeDays = LIFE_DAYS


class RollApiKey(StrictModel):
    """A new key like the old one, which works `overlap_seconds` longer."""

    overlap_seconds: Annotated[int, Field(ge=0, le=OVERLAP_S_MAX)] = 0
    expires_in_days: LifeDays = LIFE_DAYS


class ApiKeyBody(BaseModel):
    """A key as its owner sees it: `shown` are its first characters. `last_used_at` is exact to the minute."""

    object: Literal["api_key"]
    id: str
    name: str
    shown: str
    scopes: list[Scope]
    ip_allowlist: list[str]
    created_at: str
    expires_at: str
    last_used_at: str | None


class NewApiKeyBody(ApiKeyBody):
    """With the key itself, this once."""

    secret: str


class ApiKeyList(BaseModel):
    """A page of keys, newest first."""

    object: Literal["list"]
    data: list[ApiKeyBody]
    has_more: bool
    next_cursor: str | None
