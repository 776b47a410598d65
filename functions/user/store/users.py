"""People with an account."""

from typing import Any

from sqlalchemy import Connection, text

from functions.user.store import Record

_COLUMNS = """id, email, full_name, phone, locale, roles, status, version, created_at, updated_at,
    EXISTS (SELECT FROM identity.second_factor f WHERE f.user_id = id AND f.activated_at IS NOT NULL) AS mfa_enabled"""
_EXISTS = text("SELECT EXISTS (SELECT 1 FROM identity.user WHERE email = :email)")
_CREDENTIALS = text(
    "SELECT id AS user_id, password_hash, status = 'active' AS is_active, "
    "       EXISTS (SELECT FROM identity.second_factor WHERE user_id = id AND reset_at <= clock_timestamp()) "
    "       AS mfa_reset_is_due FROM identity.user WHERE email = :email"
)
_OWN_CREDENTIALS = text("SELECT email, password_hash FROM identity.user WHERE id = :user_id")
_SET_PASSWORD = text(
    "UPDATE identity.user SET password_hash = :password_hash, version = version + 1, updated_at = clock_timestamp() "
    "WHERE id = :user_id"
)
_FROM_REGISTRATION = text(
    f"""
    INSERT INTO identity.user (id, email, full_name, phone, locale, roles, password_hash)
    SELECT user_id, email, full_name, phone, locale, roles, password_hash
      FROM identity.registration WHERE id = :registration_id
    ON CONFLICT (email) DO NOTHING
    RETURNING {_COLUMNS}
    """  # noqa: S608  # our own constant
)
# The invited address may have an account already: then the operator's word opens it and adds to its roles.
_FROM_INVITATION = text(
    f"""
    INSERT INTO identity.user AS known (id, email, full_name, locale, roles, password_hash)
    SELECT user_id, email, :full_name, locale, roles, :password_hash
      FROM identity.registration WHERE id = :registration_id
    ON CONFLICT (email) DO UPDATE
       SET roles = ARRAY(SELECT DISTINCT unnest(known.roles || excluded.roles)), full_name = excluded.full_name,
           password_hash = excluded.password_hash, status = 'active', version = known.version + 1,
           updated_at = clock_timestamp()
    RETURNING {_COLUMNS}
    """  # noqa: S608  # our own constant
)
_FIND = text(f"SELECT {_COLUMNS} FROM identity.user WHERE id = :user_id")  # noqa: S608  # our own constant
_LOCK = text(
    f"SELECT {_COLUMNS} FROM identity.user WHERE id = :user_id FOR NO KEY UPDATE"  # noqa: S608  # our own constant
)
_LOCK_SIGNING_IN = text(
    "SELECT roles, version FROM identity.user "
    "WHERE id = :user_id AND status = 'active' AND password_hash = :password_hash FOR NO KEY UPDATE"
)
_TOUCH = text(
    "UPDATE identity.user SET version = version + 1, updated_at = clock_timestamp() "  # noqa: S608  # our own constant
    f"WHERE id = :user_id RETURNING {_COLUMNS}"
)
_CHANGE = text(
    f"""
    UPDATE identity.user
       SET full_name = :full_name, phone = :phone, locale = :locale, roles = CAST(:roles AS text[]),
           status = :status, version = version + 1, updated_at = clock_timestamp()
     WHERE id = :user_id
    RETURNING {_COLUMNS}
    """  # noqa: S608  # our own constant
)
CHANGEABLE = ("full_name", "phone", "locale", "roles", "status")


def exists(connection: Connection, email: str) -> bool:
    """Whether somebody has an account with this address."""
    found: bool = connection.execute(_EXISTS, {"email": email}).scalar_one()
    return found


def credentials(connection: Connection, email: str) -> Record | None:
    """What a password is compared with; None where the address has no account."""
    return connection.execute(_CREDENTIALS, {"email": email}).one_or_none()


def own_credentials(connection: Connection, user_id: str) -> Record | None:
    """Address and password of somebody who is signed in."""
    return connection.execute(_OWN_CREDENTIALS, {"user_id": user_id}).one_or_none()


def set_password(connection: Connection, user_id: str, password_hash: str) -> None:
    """The account's next version has this password."""
    connection.execute(_SET_PASSWORD, {"user_id": user_id, "password_hash": password_hash})


def create_from_registration(connection: Connection, registration_id: str) -> Record | None:
    """The new account; None where the address has one already."""
    return connection.execute(_FROM_REGISTRATION, {"registration_id": registration_id}).one_or_none()


def create_from_invitation(connection: Connection, registration_id: str, full_name: str, password_hash: str) -> Record:
    """The account of the invited address, new or extended."""
    facts = {"registration_id": registration_id, "full_name": full_name, "password_hash": password_hash}
    return connection.execute(_FROM_INVITATION, facts).one()


def find(connection: Connection, user_id: str) -> Record | None:
    """The account."""
    return connection.execute(_FIND, {"user_id": user_id}).one_or_none()


def lock(connection: Connection, user_id: str) -> Record | None:
    """The account, locked until the commit."""
    return connection.execute(_LOCK, {"user_id": user_id}).one_or_none()


def lock_signing_in(connection: Connection, user_id: str, password_hash: str) -> Record | None:
    """Roles and version of an account that is still open and still has this password, locked until the commit."""
    facts = {"user_id": user_id, "password_hash": password_hash}
    return connection.execute(_LOCK_SIGNING_IN, facts).one_or_none()


def touch(connection: Connection, user_id: str) -> Record:
    """The account's next version: what is kept beside it has changed."""
    return connection.execute(_TOUCH, {"user_id": user_id}).one()


def change(connection: Connection, known: Record, changes: dict[str, Any]) -> Record:
    """The account (locked as `known`) with `changes` to its changeable columns; its next version."""
    facts = {name: changes.get(name, getattr(known, name)) for name in CHANGEABLE}
    return connection.execute(_CHANGE, {"user_id": known.id, **facts}).one()


def differences(known: Record, wanted: dict[str, Any]) -> dict[str, Any]:
    """What of `wanted` is not so already; roles are a set."""

    def plain(value: object) -> object:
        return set(value) if isinstance(value, list) else value

    return {name: value for name, value in wanted.items() if plain(value) != plain(getattr(known, name))}
