"""Refunds: each keeps a part of its payment reserved until it is settled; the payment's row is locked throughout."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from paycore.pagination import Page

_REFUNDS = """
SELECT r.id, r.payment_id, r.owner_id, r.wallet_id, r.currency, r.amount_minor, r.status, r.decline_code, r.reason,
       r.actor_id, r.transaction_id, r.request_id, r.checks,
       ledger.rfc3339(r.created_at) AS created_at, ledger.rfc3339(r.updated_at) AS updated_at, p.charge_id
  FROM payment.refund r JOIN payment.payment p ON p.id = r.payment_id
"""
_ONE = text(_REFUNDS + " WHERE r.id = :id")
_LIST = text(
    _REFUNDS
    + """
 WHERE r.owner_id = :owner_id AND (CAST(:before AS text) IS NULL OR r.id < CAST(:before AS text))
   AND (CAST(:payment_id AS text) IS NULL OR r.payment_id = CAST(:payment_id AS text))
   AND (CAST(:status AS text) IS NULL OR r.status = CAST(:status AS text))
 ORDER BY r.id DESC LIMIT :limit"""
)
_INSERT = text(
    "INSERT INTO payment.refund (id, payment_id, owner_id, wallet_id, currency, amount_minor, reason, actor_id, "
    "                            transaction_id, request_id) "
    "VALUES (:id, :payment_id, :owner_id, :wallet_id, :currency, :amount_minor, :reason, :actor_id, "
    "        :transaction_id, :request_id)"
)
_RESERVE = text("UPDATE payment.payment SET refunding_minor = refunding_minor + :amount WHERE id = :payment_id")
_RELEASE = text("UPDATE payment.payment SET refunding_minor = refunding_minor - :amount WHERE id = :payment_id")
_BOOK = text(
    "UPDATE payment.payment "
    "   SET refunding_minor = refunding_minor - :amount, refunded_minor = refunded_minor + :amount, "
    "       status = CASE WHEN refunded_minor + :amount = captured_minor THEN 'refunded' "
    "                     ELSE 'partially_refunded' END, "
    "       updated_at = clock_timestamp() WHERE id = :payment_id"
)
_SETTLE = text(
    "UPDATE payment.refund SET status = :status, decline_code = :decline_code, updated_at = clock_timestamp() "
    " WHERE id = :id"
)
_CLAIM_DUE = text(
    """
    UPDATE payment.refund r SET checks = r.checks + 1, next_check_at = clock_timestamp() + make_interval(
               secs => CASE r.checks WHEN 0 THEN 60 WHEN 1 THEN 300 WHEN 2 THEN 3600 ELSE 86400 END)
     WHERE r.id = (SELECT id FROM payment.refund WHERE status = 'processing' AND next_check_at <= clock_timestamp()
                    ORDER BY next_check_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING r.id
    """
)


def insert(connection: Connection, refund: dict[str, Any]) -> None:
    """A new refund in state `processing`, and its part of the payment reserved."""
    connection.execute(_INSERT, refund)
    connection.execute(_RESERVE, {"payment_id": refund["payment_id"], "amount": refund["amount_minor"]})


def find(connection: Connection, refund_id: str) -> Row[Any] | None:
    """The refund, whoever owns it."""
    return connection.execute(_ONE, {"id": refund_id}).one_or_none()


def list_of(
    connection: Connection, owner_id: str, payment_id: str | None, status: str | None, page: Page
) -> Sequence[Row[Any]]:
    """The refunds of the owner's payments, newest first, with one more than the page shows."""
    values = {"owner_id": owner_id, "payment_id": payment_id, "status": status}
    return connection.execute(_LIST, values | {"before": page.before, "limit": page.limit + 1}).all()


def succeeded(connection: Connection, refund: Row[Any]) -> None:
    """The money is on its way to the card."""
    connection.execute(_BOOK, {"payment_id": refund.payment_id, "amount": refund.amount_minor})
    connection.execute(_SETTLE, {"id": refund.id, "status": "succeeded", "decline_code": None})


def failed(connection: Connection, refund: Row[Any], decline_code: str) -> None:
    """The money came back to the wallet; its part of the payment can be refunded again."""
    connection.execute(_RELEASE, {"payment_id": refund.payment_id, "amount": refund.amount_minor})
    connection.execute(_SETTLE, {"id": refund.id, "status": "failed", "decline_code": decline_code})


def needs_review(connection: Connection, refund: Row[Any]) -> None:
    """A person must look at it; the money stays in suspense, its part of the payment reserved."""
    connection.execute(_SETTLE, {"id": refund.id, "status": "requires_review", "decline_code": None})


def claim_due(connection: Connection) -> str | None:
    """The id of a refund whose outcome is to be asked for now, its next turn already set; others skip it."""
    row = connection.execute(_CLAIM_DUE).one_or_none()
    return str(row.id) if row is not None else None
