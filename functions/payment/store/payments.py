"""Payments: made `processing`, settled under the row's lock."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.pagination import Page

_PAYMENTS = """
SELECT p.id, p.owner_id, p.wallet_id, p.method_id, p.currency, p.amount_minor, p.captured_minor, p.refunding_minor,
       p.refunded_minor, p.status, p.decline_code, p.charge_id, p.transaction_id, p.description, p.metadata,
       p.request_id, p.checks, ledger.rfc3339(p.created_at) AS created_at, ledger.rfc3339(p.updated_at) AS updated_at,
       m.processor_token
  FROM payment.payment p JOIN payment.method m ON m.id = p.method_id
"""
_ONE = text(_PAYMENTS + " WHERE p.id = :id")
# `FOR NO KEY UPDATE` lets refunds refer to the row while it is locked.
_LOCK = text("SELECT id FROM payment.payment WHERE id = :id FOR NO KEY UPDATE")
_LIST = text(
    _PAYMENTS
    + """
 WHERE p.owner_id = :owner_id AND (CAST(:before AS text) IS NULL OR p.id < CAST(:before AS text))
   AND (CAST(:wallet_id AS text) IS NULL OR p.wallet_id = CAST(:wallet_id AS text))
   AND (CAST(:status AS text) IS NULL OR p.status = CAST(:status AS text))
 ORDER BY p.id DESC LIMIT :limit"""
)
_INSERT = text(
    "INSERT INTO payment.payment "
    "       (id, owner_id, wallet_id, method_id, currency, amount_minor, description, metadata, request_id) "
    "VALUES (:id, :owner_id, :wallet_id, :method_id, :currency, :amount_minor, :description, "
    "        CAST(:metadata AS jsonb), :request_id)"
)
_SUCCEEDED = text(
    "UPDATE payment.payment SET status = 'succeeded', captured_minor = amount_minor, charge_id = :charge_id, "
    "       transaction_id = :transaction_id, updated_at = clock_timestamp() WHERE id = :id"
)
_FAILED = text(
    "UPDATE payment.payment SET status = 'failed', decline_code = :decline_code, charge_id = :charge_id, "
    "       updated_at = clock_timestamp() WHERE id = :id"
)
_REVIEW = text(
    "UPDATE payment.payment SET status = 'requires_review', charge_id = :charge_id, updated_at = clock_timestamp() "
    " WHERE id = :id"
)
# The steps of FEAT-P8: 10 s after the start (the column's default), then 1 min, 5 min, 1 h, then daily.
_CLAIM_DUE = text(
    """
    UPDATE payment.payment p SET checks = p.checks + 1, next_check_at = clock_timestamp() + make_interval(
               secs => CASE p.checks WHEN 0 THEN 60 WHEN 1 THEN 300 WHEN 2 THEN 3600 ELSE 86400 END)
     WHERE p.id = (SELECT id FROM payment.payment WHERE status = 'processing' AND next_check_at <= clock_timestamp()
                    ORDER BY next_check_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING p.id
    """
)
_WAIT_AFTER_DECLINES = text(
    """
    SELECT greatest(1, ceil(:window_s + extract(epoch FROM created_at - statement_timestamp())))::int AS wait_s
      FROM payment.payment
     WHERE owner_id = :owner_id AND status = 'failed'
       AND created_at > statement_timestamp() - make_interval(secs => :window_s)
     ORDER BY created_at DESC OFFSET :newer LIMIT 1
    """
)
_WALLET = text("SELECT id, currency FROM ledger.account WHERE id = :id AND owner_id = :owner_id AND kind = 'wallet'")


def insert(connection: Connection, payment: dict[str, Any]) -> None:
    """A new payment in state `processing`."""
    connection.execute(_INSERT, payment | {"metadata": json.dumps(payment["metadata"])})


def find(connection: Connection, payment_id: str) -> Row[Any] | None:
    """The payment, whoever owns it."""
    return connection.execute(_ONE, {"id": payment_id}).one_or_none()


def lock(connection: Connection, payment_id: str) -> Row[Any] | None:
    """The payment as it is once its row is ours: whoever settles, refunds or reviews it queues here."""
    connection.execute(_LOCK, {"id": payment_id})
    return find(connection, payment_id)


def list_of(
    connection: Connection, owner_id: str, wallet_id: str | None, status: str | None, page: Page
) -> Sequence[Row[Any]]:
    """The owner's payments, newest first, with one more than the page shows."""
    values = {"owner_id": owner_id, "wallet_id": wallet_id, "status": status}
    return connection.execute(_LIST, values | {"before": page.before, "limit": page.limit + 1}).all()


def succeeded(connection: Connection, payment_id: str, charge_id: str, transaction_id: str) -> None:
    """The card was charged and the wallet credited."""
    connection.execute(_SUCCEEDED, {"id": payment_id, "charge_id": charge_id, "transaction_id": transaction_id})


def failed(connection: Connection, payment_id: str, charge_id: str, decline_code: str) -> None:
    """The card was not charged."""
    connection.execute(_FAILED, {"id": payment_id, "charge_id": charge_id, "decline_code": decline_code})


def needs_review(connection: Connection, payment_id: str, charge_id: str | None) -> None:
    """A person must look at it."""
    connection.execute(_REVIEW, {"id": payment_id, "charge_id": charge_id})


def claim_due(connection: Connection) -> str | None:
    """The id of a payment whose outcome is to be asked for now, its next turn already set; others skip it."""
    row = connection.execute(_CLAIM_DUE).one_or_none()
    return str(row.id) if row is not None else None


def wait_after_declines(connection: Connection, owner_id: str, limit: int, window_s: int) -> int | None:
    """The seconds until fewer than `limit` payments of the owner failed within a window; None if so many did not."""
    facts = {"owner_id": owner_id, "newer": limit - 1, "window_s": window_s}
    wait_s: int | None = connection.execute(_WAIT_AFTER_DECLINES, facts).scalar_one_or_none()
    return wait_s


def find_wallet(connection: Connection, wallet_id: str, owner_id: str) -> Row[Any] | None:
    """The owner's wallet account."""
    return connection.execute(_WALLET, {"id": wallet_id, "owner_id": owner_id}).one_or_none()
