"""Saved payment methods."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.pagination import Page

_METHODS = """
SELECT id, owner_id, processor_token, brand, last4, exp_month, exp_year, ledger.rfc3339(created_at) AS created_at
  FROM payment.method WHERE owner_id = :owner_id AND removed_at IS NULL
"""
_ONE = text(_METHODS + " AND id = :id")
_LIST = text(
    _METHODS + " AND (CAST(:before AS text) IS NULL OR id < CAST(:before AS text)) ORDER BY id DESC LIMIT :limit"
)
# The same card again takes the place of the one that was saved: its token and expiry are the newer ones.
_SAVE = text(
    "INSERT INTO payment.method "
    "       (id, owner_id, processor_token, brand, last4, exp_month, exp_year, fingerprint) "
    "VALUES (:id, :owner_id, :processor_token, :brand, :last4, :exp_month, :exp_year, :fingerprint) "
    "ON CONFLICT (owner_id, fingerprint) WHERE removed_at IS NULL DO UPDATE "
    "   SET processor_token = excluded.processor_token, brand = excluded.brand, "
    "       exp_month = excluded.exp_month, exp_year = excluded.exp_year RETURNING id"
)
# Where the card has one under the current key already, that row is the card.
_RENEW = text(
    "UPDATE payment.method SET fingerprint = :fingerprint "
    " WHERE owner_id = :owner_id AND removed_at IS NULL AND fingerprint = ANY(CAST(:older AS text[])) "
    "   AND NOT EXISTS (SELECT FROM payment.method WHERE owner_id = :owner_id AND removed_at IS NULL "
    "                      AND fingerprint = :fingerprint)"
)
_REMOVE = text(
    "UPDATE payment.method SET removed_at = clock_timestamp() "
    " WHERE id = :id AND owner_id = :owner_id AND removed_at IS NULL RETURNING id, owner_id, brand, last4"
)


@dataclass(frozen=True, slots=True)
class NewMethod:
    """A card as we keep it."""

    id: str
    owner_id: str
    processor_token: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str


def save(connection: Connection, method: NewMethod) -> Row[Any]:
    """Keeps the card; the owner's same card keeps its id."""
    method_id = connection.execute(_SAVE, asdict(method)).scalar_one()
    return connection.execute(_ONE, {"id": method_id, "owner_id": method.owner_id}).one()


def renew_fingerprint(connection: Connection, owner_id: str, fingerprint: str, older: Sequence[str]) -> None:
    """The owner's card is known by its current fingerprint from now on, if it was by one of an older key."""
    connection.execute(_RENEW, {"owner_id": owner_id, "fingerprint": fingerprint, "older": list(older)})


def find(connection: Connection, method_id: str, owner_id: str) -> Row[Any] | None:
    """The owner's method, unless it was removed."""
    return connection.execute(_ONE, {"id": method_id, "owner_id": owner_id}).one_or_none()


def list_of(connection: Connection, owner_id: str, page: Page) -> Sequence[Row[Any]]:
    """The owner's methods, newest first, with one more than the page shows."""
    return connection.execute(_LIST, {"owner_id": owner_id, "before": page.before, "limit": page.limit + 1}).all()


def remove(connection: Connection, method_id: str, owner_id: str) -> Row[Any] | None:
    """Forgets a method for new payments and answers what may be shown of it; its history stays. None: there is none."""
    return connection.execute(_REMOVE, {"id": method_id, "owner_id": owner_id}).one_or_none()
