"""People's addresses, names and numbers under data keys of their own; found by HMAC (docs/decisions/0021)."""

from collections.abc import Sequence
from typing import Any

from alembic import op
from sqlalchemy import Row, text

from paycore.email_index import address_hmacs
from paycore.personal_data import PersonalData, PersonalKey

revision = "0024"
down_revision = "0023"

# A registration has a key from the beginning: it becomes the account's. Without the row the person cannot be read.
KEYS = """
CREATE TABLE identity.personal_key (
    person_id  id PRIMARY KEY,
    wrapped    text NOT NULL,                    -- under the ring `personal-keys`
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""
# A row for each key of the ring: whatever ring two registrations of one address see, they meet in one of the keys.
# The reference is deferred because the address is taken before the account is written.
INDEX = """
CREATE TABLE identity.email_index (
    hmac    text COLLATE "C" PRIMARY KEY,
    user_id id NOT NULL REFERENCES identity.user (id) DEFERRABLE INITIALLY DEFERRED
)
"""
BEFORE = (
    KEYS,
    INDEX,
    "CREATE INDEX email_index_of_person ON identity.email_index (user_id)",
    "ALTER TABLE identity.user ADD COLUMN sealed_data text",
    'ALTER TABLE identity.registration ADD COLUMN sealed_data text, ADD COLUMN email_hmac text COLLATE "C"',
    "ALTER TABLE identity.email_change ADD COLUMN sealed_old_email text, ADD COLUMN sealed_new_email text",
)
AFTER = (
    # Nothing has called these since the release before; those of `directory` have a new form now.
    "DROP FUNCTION IF EXISTS ledger.history(text, jsonb, text, integer)",
    "DROP FUNCTION IF EXISTS ledger.verify_references()",
    "DROP FUNCTION IF EXISTS directory.address_of(text)",
    "DROP FUNCTION IF EXISTS directory.recipient_wallet(text, text)",
    "ALTER TABLE identity.user DROP COLUMN email, DROP COLUMN full_name, DROP COLUMN phone",
    """ALTER TABLE identity.registration DROP COLUMN email, DROP COLUMN full_name, DROP COLUMN phone,
       ALTER COLUMN sealed_data SET NOT NULL, ALTER COLUMN email_hmac SET NOT NULL""",
    """ALTER TABLE identity.email_change DROP COLUMN old_email, DROP COLUMN new_email,
       ALTER COLUMN sealed_old_email SET NOT NULL, ALTER COLUMN sealed_new_email SET NOT NULL""",
    "CREATE INDEX registration_pending ON identity.registration (email_hmac, id DESC) WHERE state = 'pending'",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON identity.personal_key, identity.email_index TO app_rw",
)


def upgrade() -> None:
    for statement in BEFORE:
        op.execute(statement)
    keys = _seal_people()
    _seal_registrations(keys)
    _seal_changes(keys)
    for person_id, key in keys.items():
        _run("INSERT INTO identity.personal_key VALUES (:id, :wrapped)", id=person_id, wrapped=key.wrapped())
    for statement in AFTER:
        op.execute(statement)


def _seal_people() -> dict[str, PersonalKey]:
    keys = {}
    for row in _rows("SELECT id, email, full_name, phone FROM identity.user"):
        keys[row.id] = key = PersonalKey.make(row.id)
        sealed = key.seal_data(PersonalData(row.email, row.full_name, row.phone))
        _run("UPDATE identity.user SET sealed_data = :sealed WHERE id = :id", sealed=sealed, id=row.id)
        for hmac in address_hmacs(row.email):
            _run("INSERT INTO identity.email_index VALUES (:hmac, :id)", hmac=hmac, id=row.id)
    return keys


def _seal_registrations(keys: dict[str, PersonalKey]) -> None:
    for row in _rows("SELECT id, user_id, email, full_name, phone FROM identity.registration"):
        key = keys.setdefault(row.user_id, PersonalKey.make(row.user_id))
        _run(
            "UPDATE identity.registration SET sealed_data = :sealed, email_hmac = :hmac WHERE id = :id",
            sealed=key.seal_data(PersonalData(row.email, row.full_name, row.phone)),
            hmac=address_hmacs(row.email)[0],
            id=row.id,
        )


def _seal_changes(keys: dict[str, PersonalKey]) -> None:
    for row in _rows("SELECT id, user_id, old_email, new_email FROM identity.email_change"):
        key = keys[row.user_id]
        _run(
            "UPDATE identity.email_change SET sealed_old_email = :old, sealed_new_email = :new WHERE id = :id",
            old=key.seal("old_email", row.old_email),
            new=key.seal("new_email", row.new_email),
            id=row.id,
        )


def _rows(statement: str) -> Sequence[Row[Any]]:
    return op.get_bind().execute(text(statement)).all()


def _run(statement: str, **values: object) -> None:
    op.get_bind().execute(text(statement), values)
