"""The processor's own books."""

from typing import Any

from sqlalchemy import Connection, Row, text

_INSERT_TOKEN = text(
    "INSERT INTO processor.token (id, brand, last4, behaviour) VALUES (:id, :brand, :last4, :behaviour)"
)
_TOKEN = text("SELECT id, brand, last4, behaviour FROM processor.token WHERE id = :id")
_LOSE = text("INSERT INTO processor.lost_request (idempotency_key) VALUES (:key) ON CONFLICT DO NOTHING")
_CHARGES = "SELECT id, idempotency_key, token, amount, currency, refunded, status, decline_code FROM processor.charge"
_CHARGE = text(_CHARGES + " WHERE idempotency_key = :key")
_LOCK_CHARGE = text(_CHARGES + " WHERE id = :id FOR NO KEY UPDATE")
_INSERT_CHARGE = text(
    "INSERT INTO processor.charge (idempotency_key, id, token, amount, currency, status, decline_code) "
    "VALUES (:key, :id, :token, :amount, :currency, :status, :decline_code) ON CONFLICT (idempotency_key) DO NOTHING"
)
_REFUND = text(
    "SELECT id, idempotency_key, charge_id, amount, currency, status, decline_code FROM processor.refund "
    " WHERE idempotency_key = :key"
)
_INSERT_REFUND = text(
    "INSERT INTO processor.refund (idempotency_key, id, charge_id, amount, currency, status, decline_code) "
    "VALUES (:key, :id, :charge_id, :amount, :currency, :status, :decline_code)"
)
_ADD_REFUNDED = text("UPDATE processor.charge SET refunded = refunded + :amount WHERE id = :id")

Entry = Row[Any]


def insert_token(connection: Connection, token: dict[str, str]) -> None:
    """Keeps a token: brand, last digits and behaviour, never the number."""
    connection.execute(_INSERT_TOKEN, token)


def find_token(connection: Connection, token: str) -> Entry | None:
    """The card behind a token."""
    return connection.execute(_TOKEN, {"id": token}).one_or_none()


def lose(connection: Connection, key: str) -> bool:
    """Whether this is the first request with `key`: the one that gets lost."""
    return connection.execute(_LOSE, {"key": key}).rowcount == 1


def find_charge(connection: Connection, key: str) -> Entry | None:
    """The charge under an idempotency key."""
    return connection.execute(_CHARGE, {"key": key}).one_or_none()


def insert_charge(connection: Connection, charge: dict[str, Any]) -> None:
    """Keeps a charge unless the key has one."""
    connection.execute(_INSERT_CHARGE, charge)


def lock_charge(connection: Connection, charge_id: str) -> Entry | None:
    """The charge itself; its refunds queue here."""
    return connection.execute(_LOCK_CHARGE, {"id": charge_id}).one_or_none()


def find_refund(connection: Connection, key: str) -> Entry | None:
    """The refund under an idempotency key."""
    return connection.execute(_REFUND, {"key": key}).one_or_none()


def insert_refund(connection: Connection, refund: dict[str, Any]) -> None:
    """Keeps a refund; the charge is locked."""
    connection.execute(_INSERT_REFUND, refund)
    if refund["status"] == "approved":
        connection.execute(_ADD_REFUNDED, {"id": refund["charge_id"], "amount": refund["amount"]})
