"""Where a person is reached."""

from dataclasses import dataclass

from sqlalchemy import text

from paycore.database import one_statement

_ADDRESS = text("SELECT email, phone, full_name FROM directory.address_of(:person_id)")


@dataclass(frozen=True, slots=True)
class Address:
    """A person's addresses; the phone number may be unknown."""

    email: str
    phone: str | None
    full_name: str


def address_of(person_id: str) -> Address | None:
    """The addresses behind a user id or a registration id; None where there is nobody."""
    row = one_statement(lambda connection: connection.execute(_ADDRESS, {"person_id": person_id}).one_or_none())
    return Address(row.email, row.phone, row.full_name) if row is not None else None
