"""API keys of merchants: of the key itself only its digest is here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, text

from functions.user.store import Record
from paycore.pagination import Page

_SHOWN = "id, user_id, name, shown, scopes, addresses, created_at, expires_at, last_used_at, digest"
_INSERT = text(
    f"""
    INSERT INTO identity.api_key (id, user_id, name, shown, digest, scopes, addresses, expires_at)
    VALUES (:id, :user_id, :name, :shown, :digest, CAST(:scopes AS text[]), CAST(:addresses AS text[]),
            clock_timestamp() + make_interval(days => :life_days))
    RETURNING {_SHOWN}
    """  # noqa: S608  # our own constant
)
_COUNT = text(
    "SELECT count(*) FROM identity.api_key "
    "WHERE user_id = :user_id AND revoked_at IS NULL AND expires_at > clock_timestamp()"
)
_FIND = text(
    f"SELECT {_SHOWN} FROM identity.api_key WHERE id = :id AND user_id = :user_id AND revoked_at IS NULL"  # noqa: S608
)
_LOCK_LIVE = text(
    f"SELECT {_SHOWN} FROM identity.api_key WHERE id = :id AND user_id = :user_id AND revoked_at IS NULL "  # noqa: S608
    "AND expires_at > clock_timestamp() FOR NO KEY UPDATE"
)
_LIST = text(
    f"""
    SELECT {_SHOWN} FROM identity.api_key
     WHERE user_id = :user_id AND revoked_at IS NULL AND (CAST(:before AS text) IS NULL OR id < CAST(:before AS text))
     ORDER BY id DESC LIMIT :limit
    """  # noqa: S608  # our own constant
)
_END_SOON = text(
    f"""
    UPDATE identity.api_key SET expires_at = least(expires_at, clock_timestamp() + make_interval(secs => :seconds))
     WHERE id = :id RETURNING {_SHOWN}
    """  # noqa: S608  # our own constant
)
_REVOKE = text(
    f"""
    UPDATE identity.api_key SET revoked_at = clock_timestamp()
     WHERE id = :id AND user_id = :user_id AND revoked_at IS NULL RETURNING {_SHOWN}
    """  # noqa: S608  # our own constant
)
_DIGESTS = text("SELECT digest FROM identity.api_key WHERE user_id = :user_id AND revoked_at IS NULL")


@dataclass(frozen=True, slots=True)
class NewKey:
    """What is kept of a key that was just made."""

    id: str
    user_id: str
    name: str
    shown: str
    digest: str
    scopes: list[str]
    addresses: list[str]
    life_days: int


def insert(connection: Connection, key: NewKey) -> Record:
    """Writes it and answers it."""
    return connection.execute(_INSERT, asdict(key)).one()


def count_live(connection: Connection, user_id: str) -> int:
    """How many of a person's keys may be used."""
    count: int = connection.execute(_COUNT, {"user_id": user_id}).scalar_one()
    return count


def find(connection: Connection, user_id: str, key_id: str) -> Record | None:
    """A person's key that was not revoked."""
    return connection.execute(_FIND, {"id": key_id, "user_id": user_id}).one_or_none()


def lock_live(connection: Connection, user_id: str, key_id: str) -> Record | None:
    """A person's key that may be used, locked until the commit."""
    return connection.execute(_LOCK_LIVE, {"id": key_id, "user_id": user_id}).one_or_none()


def list_of(connection: Connection, user_id: str, page: Page) -> Sequence[Record]:
    """A person's keys that were not revoked, newest first, with one more than the page shows."""
    values = {"user_id": user_id, "before": page.before, "limit": page.limit + 1}
    return connection.execute(_LIST, values).all()


def end_soon(connection: Connection, key_id: str, seconds: int) -> Record:
    """A locked key works so much longer, and never longer than it would."""
    return connection.execute(_END_SOON, {"id": key_id, "seconds": seconds}).one()


def revoke(connection: Connection, user_id: str, key_id: str) -> Record | None:
    """Ends a person's key; None where there is none that was not ended before."""
    return connection.execute(_REVOKE, {"id": key_id, "user_id": user_id}).one_or_none()


def digests(connection: Connection, user_id: str) -> Sequence[str]:
    """What the person's keys are known by."""
    return connection.execute(_DIGESTS, {"user_id": user_id}).scalars().all()
