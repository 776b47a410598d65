"""Payment methods, payments and refunds as the API shows them, and the answer that a payment's or refund's state is."""

from typing import Any

from functions.payment.store import Record
from paycore.errors import PaymentDeclined, RefundDeclined
from paycore.idempotency import Answer, Reply


def method_body(row: Record) -> dict[str, Any]:
    """The payment method object."""
    return {
        "object": "payment_method",
        "id": row.id,
        "created_at": row.created_at,
        "type": "card",
        "card": {"brand": row.brand, "last4": row.last4, "exp_month": row.exp_month, "exp_year": row.exp_year},
    }


def payment_body(row: Record) -> dict[str, Any]:
    """The payment object."""
    return {
        "object": "payment",
        "id": row.id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "status": row.status,
        "amount": row.amount_minor,
        "amount_captured": row.captured_minor,
        "amount_refunded": row.refunded_minor,
        "currency": row.currency,
        "wallet_id": row.wallet_id,
        "payment_method_id": row.method_id,
        "capture_method": "automatic",
        "capture_before": None,
        "description": row.description,
        "metadata": row.metadata,
        "failure": _failure(row),
        "transaction_id": row.transaction_id,
    }


def payment_reply(row: Record) -> Reply:
    """201 once the wallet is credited, 402 for a decline, 202 while the outcome is open."""
    if row.status == "failed":
        return PaymentDeclined(row.id, row.decline_code)
    return Answer(201 if row.transaction_id else 202, payment_body(row))


def refund_body(row: Record) -> dict[str, Any]:
    """The refund object."""
    return {
        "object": "refund",
        "id": row.id,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "payment_id": row.payment_id,
        "wallet_id": row.wallet_id,
        "amount": row.amount_minor,
        "currency": row.currency,
        "reason": row.reason,
        "status": row.status,
        "failure": _failure(row),
        "transaction_id": row.transaction_id,
    }


def refund_reply(row: Record) -> Reply:
    """201 once the processor has it, 402 for a refusal (the money is back in the wallet), 202 while it is open."""
    if row.status == "failed":
        return RefundDeclined(row.id, row.decline_code)
    return Answer(201 if row.status == "succeeded" else 202, refund_body(row))


def _failure(row: Record) -> dict[str, str] | None:
    return {"decline_code": row.decline_code} if row.decline_code else None
