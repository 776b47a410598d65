"""People as rows keep them, in a database of their own, under key rings of the test's."""

from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from functions.user.store import email_index, registrations, users
from functions.user.store.people import Person
from paycore import aws, crypto, ids, settings
from paycore.database import engine, transaction
from paycore.settings import PersonalKeysSettings, RecipientKeysSettings

DATABASE = "people_test"
FIRST = {"current": "k1", "k1": "a" * 64}
ADDED = {**FIRST, "k2": "b" * 64}
ACTIVE = {**ADDED, "current": "k2"}
RETIRED = {"current": "k2", "k2": "b" * 64}
PHONE = "+491701234567"


class Rings:
    """Both rings of this process; a new text takes effect at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known, secret = settings.read, aws.secret
        kinds = {
            PersonalKeysSettings: PersonalKeysSettings("ring"),
            RecipientKeysSettings: RecipientKeysSettings("ring"),
        }
        monkeypatch.setattr(settings, "read", lambda kind: kinds.get(kind) or known(kind))
        monkeypatch.setattr(aws, "secret", lambda name: self.ring if name == "ring" else secret(name))
        self.hold(FIRST)

    def hold(self, ring: dict[str, str]) -> None:
        """Both rings are this one now."""
        self.ring = ring
        crypto.key_ring.cache_clear()


def rows(statement: str, **values: object) -> list[tuple[Any, ...]]:
    """What a statement with :parameters answers."""
    with engine().begin() as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]


def register(email: str) -> Any:
    """A pending registration: its id and the id of the account that it becomes."""
    made = SimpleNamespace(id=ids.new("reg"), user_id=ids.new("usr"))
    registration = registrations.Registration(
        id=made.id,
        user_id=made.user_id,
        kind="self",
        email=email,
        full_name="Ada Lovelace",
        phone=PHONE,
        locale="en",
        roles=["user"],
        password_hash="hash",
        code_hmac="hmac",
        code_life_minutes=15,
    )
    with transaction() as connection:
        registrations.insert(connection, registration)
    return made


def open_account(email: str) -> Person | None:
    """Somebody's account; None where the address has one."""
    return verify(register(email), email)


def verify(registration: Any, email: str) -> Person | None:
    """The account of a registration; None where the address has one."""
    with transaction() as connection:
        return users.create_from_registration(connection, registration, email)


def found(email: str) -> str | None:
    """Whose address it is."""
    with transaction() as connection:
        return email_index.owner_of(connection, email)
