"""What the kernel may know about people and their sessions: the functions of schema `directory`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import text

from paycore.database import one_statement
from paycore.personal_data import PersonalData, PersonalKey

_ADDRESS = text(
    "SELECT owner_id, wrapped_key, sealed_data, sealed_email, email_field FROM directory.address_of(:person_id)"
)
_API_KEY = text(
    "SELECT key_id, user_id, roles, scopes, addresses, expires_at, kyc_verified "
    "  FROM directory.use_api_key(CAST(:digest AS text), CAST(:address AS inet))"
)
_SESSION = text("SELECT user_id, roles, active, kyc_verified FROM directory.session_state(:session_id)")
_SESSIONS = text(
    "SELECT session_id, user_id, roles, version, active, kyc_verified "
    "  FROM directory.sessions_of(CAST(:user_ids AS text[]))"
)


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and whether it has ended."""

    user_id: str
    roles: list[str]
    active: bool
    kyc_verified: bool


@dataclass(frozen=True, slots=True)
class NamedSession(Session):
    """One of a person's sessions; `version` is that of the account, whose roles these are."""

    id: str
    version: int


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, its owner's roles, and whether they are verified; `addresses` are networks (none: any).

    `expires_at`: Unix seconds.
    """

    key_id: str
    user_id: str
    roles: list[str]
    scopes: list[str]
    addresses: list[str]
    expires_at: float
    kyc_verified: bool


def address_of(person_id: str) -> PersonalData | None:
    """Who is behind the id of a user, a registration or a change of address; None where there is nobody, or no more."""
    row = one_statement(lambda connection: connection.execute(_ADDRESS, {"person_id": person_id}).one_or_none())
    if row is None:
        return None
    key = PersonalKey.unwrap(row.owner_id, row.wrapped_key)
    data = key.open_data(row.sealed_data)
    return data if row.sealed_email is None else replace(data, email=key.open(row.email_field, row.sealed_email))


def session_state(session_id: str) -> Session | None:
    """The session as PostgreSQL has it; None where there is none."""
    row = one_statement(lambda connection: connection.execute(_SESSION, {"session_id": session_id}).one_or_none())
    return Session(row.user_id, list(row.roles), row.active, row.kyc_verified) if row is not None else None


def sessions_of(user_ids: Sequence[str]) -> list[NamedSession]:
    """The live sessions of these people, and those that ended so lately that a cache may not know it."""
    rows = one_statement(lambda connection: connection.execute(_SESSIONS, {"user_ids": list(user_ids)}).all())
    return [
        NamedSession(row.user_id, list(row.roles), row.active, row.kyc_verified, row.session_id, row.version)
        for row in rows
    ]


def api_key_state(digest: str, address: str) -> ApiKey | None:
    """The key of this digest, after it was noted that it was used, if it may be now and from the address; None where
    nobody may use it.
    """
    asked = {"digest": digest, "address": address}
    row = one_statement(lambda connection: connection.execute(_API_KEY, asked).one_or_none())
    if row is None:
        return None
    lists = (list(row.roles), list(row.scopes), list(row.addresses))
    return ApiKey(row.key_id, row.user_id, *lists, float(row.expires_at), row.kyc_verified)
