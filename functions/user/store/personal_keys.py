"""The data keys of people, wrapped: without its row nothing of a person can be read any more."""

from sqlalchemy import Connection, text

from paycore.personal_data import PersonalKey

_INSERT = text("INSERT INTO identity.personal_key (person_id, wrapped) VALUES (:person_id, :wrapped)")
_FIND = text("SELECT wrapped FROM identity.personal_key WHERE person_id = :person_id")


def make(connection: Connection, person_id: str) -> PersonalKey:
    """A new person's key."""
    key = PersonalKey.make(person_id)
    connection.execute(_INSERT, {"person_id": person_id, "wrapped": key.wrapped()})
    return key


def find(connection: Connection, person_id: str) -> PersonalKey:
    """The key of somebody who is known."""
    return PersonalKey.unwrap(person_id, connection.execute(_FIND, {"person_id": person_id}).scalar_one())
