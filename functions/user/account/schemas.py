"""The document that an export is."""

from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from functions.user.api_keys.schemas import ApiKeyBody
from functions.user.schemas import UserBody, UserSessionBody
from functions.user.second_factor.schemas import MfaBody
from paycore.ledger.schemas import TransactionBody

Item = TypeVar("Item")


class Part(BaseModel, Generic[Item]):
    """A list, newest first. Where it `has_more` than this document can carry, `path` lists them all."""

    data: list[Item]
    has_more: bool
    path: str | None


class ExportedSession(UserSessionBody):
    """Also one that has ended."""

    ended_at: str | None
    end_reason: str | None


class ExportedApiKey(ApiKeyBody):
    """Also one that was revoked."""

    revoked_at: str | None


class ExportedEmailChange(BaseModel):
    """A change of the address that was asked for."""

    object: Literal["email_change"]
    id: str
    created_at: str
    old_email: str
    new_email: str
    expires_at: str
    completed_at: str | None


class ExportedDevice(BaseModel):
    """A device that somebody signed in from."""

    object: Literal["known_device"]
    first_seen_at: str
    last_seen_at: str


class Elsewhere(BaseModel):
    """What else is kept, and the route that lists it, if one does."""

    what: str
    path: str | None


class ExportBody(BaseModel):
    """What is kept about a person. Wallets, payment methods and schedules are as their own routes show them; schedules
    without their occurrences and without an address in the transfer.
    """

    object: Literal["export"]
    created_at: str
    user: UserBody
    second_factor: MfaBody
    sessions: Part[ExportedSession]
    api_keys: Part[ExportedApiKey]
    email_changes: Part[ExportedEmailChange]
    known_devices: Part[ExportedDevice]
    wallets: Part[dict[str, Any]]
    payment_methods: Part[dict[str, Any]]
    schedules: Part[dict[str, Any]]
    transactions: Part[TransactionBody]
    elsewhere: list[Elsewhere]
