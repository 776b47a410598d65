"""What the kernel may know about people and their sessions: the functions of schema `directory`."""

from dataclasses import dataclass

from sqlalchemy import text

from paycore.database import one_statement

_ADDRESS = text("SELECT email, phone, full_name FROM directory.address_of(:person_id)")
_API_KEY = text(
    "SELECT key_id, user_id, roles, scopes, addresses, expires_at FROM directory.use_api_key(CAST(:digest AS text))"
)
_SESSION = text("SELECT user_id, roles, active FROM directory.session_state(:session_id)")


@dataclass(frozen=True, slots=True)
class Address:
    """A person's addresses; the phone number may be unknown."""

    email: str
    phone: str | None
    full_name: str


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and whether it has ended."""

    user_id: str
    roles: list[str]
    active: bool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and its owner's roles; `addresses` are networks (none: any), `expires_at` Unix seconds."""

    key_id: str
    user_id: str
    roles: list[str]
    scopes: list[str]
    addresses: list[str]
    expires_at: float


def address_of(person_id: str) -> Address | None:
    """The addresses behind a user id or a registration id; None where there is nobody."""
    row = one_statement(lambda connection: connection.execute(_ADDRESS, {"person_id": person_id}).one_or_none())
    return Address(row.email, row.phone, row.full_name) if row is not None else None


def session_state(session_id: str) -> Session | None:
    """The session as PostgreSQL has it; None where there is none."""
    row = one_statement(lambda connection: connection.execute(_SESSION, {"session_id": session_id}).one_or_none())
    return Session(row.user_id, list(row.roles), row.active) if row is not None else None


def api_key_state(digest: str) -> ApiKey | None:
    """The key of this digest, after it was noted that it was used; None where nobody may use it."""
    row = one_statement(lambda connection: connection.execute(_API_KEY, {"digest": digest}).one_or_none())
    if row is None:
        return None
    lists = (list(row.roles), list(row.scopes), list(row.addresses))
    return ApiKey(row.key_id, row.user_id, *lists, float(row.expires_at))
