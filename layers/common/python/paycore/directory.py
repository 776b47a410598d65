"""What the kernel may know about people and their sessions: the functions of schema `directory`."""

from dataclasses import dataclass

from sqlalchemy import text

from paycore.database import one_statement

_ADDRESS = text("SELECT email, phone, full_name FROM directory.address_of(:person_id)")
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


def address_of(person_id: str) -> Address | None:
    """The addresses behind a user id or a registration id; None where there is nobody."""
    row = one_statement(lambda connection: connection.execute(_ADDRESS, {"person_id": person_id}).one_or_none())
    return Address(row.email, row.phone, row.full_name) if row is not None else None


def session_state(session_id: str) -> Session | None:
    """The session as PostgreSQL has it; None where there is none."""
    row = one_statement(lambda connection: connection.execute(_SESSION, {"session_id": session_id}).one_or_none())
    return Session(row.user_id, list(row.roles), row.active) if row is not None else None
