"""What rows keep under older keys of the rings, for the one who brings them under the present ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from functions.user.store import email_index
from functions.user.store.people import COLUMNS, person_of
from paycore.email_index import address_hmacs
from paycore.personal_data import PersonalKey, is_wrapped_anew

_KEYS = text(
    "SELECT person_id, wrapped FROM identity.personal_key WHERE person_id > :after ORDER BY person_id LIMIT :limit "
    "FOR NO KEY UPDATE"
)
_WRAP = text("UPDATE identity.personal_key SET wrapped = :wrapped WHERE person_id = :person_id")
# Locked, so that nobody's address changes between the look at it and its names in the index.
_PEOPLE = text(
    f"SELECT {COLUMNS} FROM identity.user WHERE id > :after AND sealed_data IS NOT NULL "  # noqa: S608  # our own
    "ORDER BY id LIMIT :limit FOR NO KEY UPDATE"
)
_NAMES = text("SELECT hmac FROM identity.email_index WHERE user_id = :user_id")


@dataclass(frozen=True, slots=True)
class Batch:
    """How many rows were looked at and how many of them were renewed; `last_id` begins the next batch."""

    looked_at: int
    renewed: int
    last_id: str


def wrap_keys(connection: Connection, after: str, limit: int) -> Batch:
    """Brings data keys under the current key of `personal-keys`."""
    rows = connection.execute(_KEYS, {"after": after, "limit": limit}).all()
    old = [row for row in rows if not is_wrapped_anew(row.wrapped)]
    for row in old:
        wrapped = PersonalKey.unwrap(row.person_id, row.wrapped).wrapped()
        connection.execute(_WRAP, {"person_id": row.person_id, "wrapped": wrapped})
    return Batch(len(rows), len(old), rows[-1].person_id if rows else after)


def index_people(connection: Connection, after: str, limit: int) -> Batch:
    """Names addresses by each key of `recipient-keys`, and by none that the ring has no more."""
    people = [person_of(row) for row in connection.execute(_PEOPLE, {"after": after, "limit": limit})]
    old = [each for each in people if set(address_hmacs(each.email)) != set(_names(connection, each.id))]
    for each in old:
        email_index.rename(connection, each.id, each.email)
    return Batch(len(people), len(old), people[-1].id if people else after)


def _names(connection: Connection, user_id: str) -> Sequence[str]:
    return connection.execute(_NAMES, {"user_id": user_id}).scalars().all()
