"""People with an account."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from functions.user.store import Record, email_index, personal_keys
from functions.user.store.people import COLUMNS, PERSONAL, Person, person_of, sealed_data, sealed_verified_phone
from functions.user.store.second_factors import RESET_IS_DUE
from paycore.email_index import address_hmacs
from paycore.invariants import present
from paycore.personal_data import PersonalKey

_CREDENTIALS = text(
    "SELECT id AS user_id, password_hash, status = 'active' AS is_active, "  # noqa: S608  # our own constant
    f"       EXISTS (SELECT FROM identity.second_factor WHERE user_id = id AND {RESET_IS_DUE}) AS mfa_reset_is_due "
    "  FROM identity.user WHERE status <> 'closed' "
    "   AND id = (SELECT user_id FROM identity.email_index WHERE hmac = ANY(CAST(:hmacs AS text[])) LIMIT 1)"
)
_OWN_CREDENTIALS = text(
    "SELECT u.password_hash, u.sealed_data, k.wrapped, "
    "       EXISTS (SELECT FROM identity.second_factor f WHERE f.user_id = u.id AND f.activated_at IS NOT NULL) "
    "       AS mfa_enabled "
    "  FROM identity.user u "
    "  JOIN identity.personal_key k ON k.person_id = u.id WHERE u.id = :user_id"
)
_SET_PASSWORD = text(
    "UPDATE identity.user SET password_hash = :password_hash, version = version + 1, updated_at = clock_timestamp() "
    "WHERE id = :user_id RETURNING version"
)
_RENEW_HASH = text("UPDATE identity.user SET password_hash = :password_hash WHERE id = :user_id")
_FROM_REGISTRATION = text(
    f"""
    INSERT INTO identity.user (id, sealed_data, locale, roles, password_hash)
    SELECT user_id, sealed_data, locale, roles, password_hash FROM identity.registration WHERE id = :registration_id
    RETURNING {COLUMNS}
    """  # noqa: S608  # our own constant
)
_FROM_INVITATION = text(
    f"""
    INSERT INTO identity.user (id, sealed_data, locale, roles, password_hash)
    SELECT user_id, :sealed_data, locale, roles, :password_hash
      FROM identity.registration WHERE id = :registration_id
    RETURNING {COLUMNS}
    """  # noqa: S608  # our own constant
)
# The invited address may have an account already: then the operator's word adds to its roles.
_EXTEND = text(
    f"""
    UPDATE identity.user AS known
       SET roles = ARRAY(SELECT DISTINCT unnest(known.roles || invitation.granted)), sealed_data = :sealed_data,
           password_hash = :password_hash, version = known.version + 1, updated_at = clock_timestamp()
      FROM (SELECT roles FROM identity.registration WHERE id = :registration_id) AS invitation (granted)
     WHERE known.id = :user_id
    RETURNING {COLUMNS}
    """  # noqa: S608  # our own constant
)
# Whoever was erased is found no more.
_FIND = text(
    f"SELECT {COLUMNS} FROM identity.user WHERE id = :user_id AND sealed_data IS NOT NULL"  # noqa: S608  # our own
)
# The account is read by a statement that begins after the wait: what is kept beside its row is else that of before.
_LOCK = text("SELECT FROM identity.user WHERE id = :user_id FOR NO KEY UPDATE")
_LOCK_SIGNING_IN = text(
    "SELECT roles, version, kyc_status = 'verified' AS kyc_verified FROM identity.user "
    "WHERE id = :user_id AND status = 'active' AND password_hash = :password_hash FOR NO KEY UPDATE"
)
_TOUCH = text(
    "UPDATE identity.user SET version = version + 1, updated_at = clock_timestamp() "  # noqa: S608  # our own constant
    f"WHERE id = :user_id RETURNING {COLUMNS}"
)
_CHANGE = text(
    f"""
    UPDATE identity.user
       SET sealed_data = :sealed_data, sealed_verified_phone = :sealed_verified_phone, locale = :locale,
           roles = CAST(:roles AS text[]), status = :status, kyc_status = :kyc_status, version = version + 1,
           updated_at = clock_timestamp()
     WHERE id = :user_id
    RETURNING {COLUMNS}
    """  # noqa: S608  # our own constant
)
CHANGEABLE = (*PERSONAL, "locale", "roles", "status", "kyc_status")


@dataclass(frozen=True, slots=True)
class Invited:
    """The account of who was invited; `before`: as it was, where there was one."""

    person: Person
    before: Person | None


@dataclass(frozen=True, slots=True)
class OwnCredentials:
    """What somebody who is signed in proves a password with."""

    email: str
    password_hash: str
    mfa_enabled: bool
    key: PersonalKey


def exists(connection: Connection, email: str) -> bool:
    """Whether somebody has an account with this address."""
    return email_index.owner_of(connection, email) is not None


def credentials(connection: Connection, email: str) -> Record | None:
    """What a password is compared with; None where the address has no account, or one that was closed."""
    return connection.execute(_CREDENTIALS, {"hmacs": address_hmacs(email)}).one_or_none()


def own_credentials(connection: Connection, user_id: str) -> OwnCredentials | None:
    """Address and password of somebody who is signed in."""
    row = connection.execute(_OWN_CREDENTIALS, {"user_id": user_id}).one_or_none()
    if row is None:
        return None
    key = PersonalKey.unwrap(user_id, row.wrapped)
    return OwnCredentials(key.open_data(row.sealed_data).email, row.password_hash, row.mfa_enabled, key)


def set_password(connection: Connection, user_id: str, password_hash: str) -> int:
    """The account's next version, which has this password."""
    facts = {"user_id": user_id, "password_hash": password_hash}
    version: int = connection.execute(_SET_PASSWORD, facts).scalar_one()
    return version


def renew_hash(connection: Connection, user_id: str, password_hash: str) -> None:
    """The same password under another pepper: nobody sees a change."""
    connection.execute(_RENEW_HASH, {"user_id": user_id, "password_hash": password_hash})


def create_from_registration(connection: Connection, registration: Record, email: str) -> Person | None:
    """The new account; None where the address has one already."""
    if not email_index.take(connection, registration.user_id, email):
        return None
    return person_of(connection.execute(_FROM_REGISTRATION, {"registration_id": registration.id}).one())


def create_from_invitation(
    connection: Connection, registration: Record, email: str, full_name: str, password_hash: str
) -> Invited | None:
    """The account of the invited address, new or extended; None where it is disabled, or closed and not erased yet."""
    facts = {"registration_id": registration.id, "password_hash": password_hash}
    if email_index.take(connection, registration.user_id, email):
        key = personal_keys.find(connection, registration.user_id)
        sealed = sealed_data(key, email, full_name, None)
        return Invited(person_of(connection.execute(_FROM_INVITATION, {**facts, "sealed_data": sealed}).one()), None)
    owner = str(email_index.owner_of(connection, email))
    known = present(lock(connection, owner), "an address that cannot be taken has an owner")
    if known.status != "active":
        return None
    sealed = sealed_data(known.key, email, full_name, known.phone)
    extended = connection.execute(_EXTEND, {**facts, "sealed_data": sealed, "user_id": known.id}).one()
    return Invited(person_of(extended), known)


def find(connection: Connection, user_id: str) -> Person | None:
    """The account."""
    row = connection.execute(_FIND, {"user_id": user_id}).one_or_none()
    return person_of(row) if row is not None else None


def lock(connection: Connection, user_id: str) -> Person | None:
    """The account, locked until the commit."""
    connection.execute(_LOCK, {"user_id": user_id})
    return find(connection, user_id)


def lock_signing_in(connection: Connection, user_id: str, password_hash: str) -> Record | None:
    """Roles, version and `kyc_verified` of an account that is open and has this password, locked until the commit."""
    facts = {"user_id": user_id, "password_hash": password_hash}
    return connection.execute(_LOCK_SIGNING_IN, facts).one_or_none()


def touch(connection: Connection, user_id: str) -> Person:
    """The account's next version: what is kept beside it has changed."""
    return person_of(connection.execute(_TOUCH, {"user_id": user_id}).one())


def change(connection: Connection, known: Person, changes: dict[str, Any]) -> Person:
    """The account (locked as `known`) with `changes` to what is changeable; its next version.

    Whoever changes the address has moved it in the index before.
    """
    facts = {name: changes.get(name, getattr(known, name)) for name in CHANGEABLE}
    facts["sealed_verified_phone"] = sealed_verified_phone(known, changes)
    sealed = sealed_data(known.key, *(facts.pop(name) for name in PERSONAL))
    return person_of(connection.execute(_CHANGE, {"user_id": known.id, "sealed_data": sealed, **facts}).one())
