"""Reads payment methods, payments and refunds: a person's own, newest first, or one by its id."""

from typing import Any

from functions.payment.render import method_body, payment_body, refund_body
from functions.payment.store import methods, payments, refunds
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import PaymentNotFound, RefundNotFound
from paycore.pagination import page, render
from paycore.permissions import Permission


def list_methods(caller: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The caller's saved payment methods."""
    asked = page(limit, cursor, {"list": "payment-methods", "owner": caller.user_id})
    with transaction() as connection:
        rows = methods.list_of(connection, caller.user_id, asked)
    return render(asked, rows, method_body, lambda row: str(row.id))


def list_payments(
    caller: Caller, wallet_id: str | None, status: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """The caller's payments."""
    filters = {"wallet_id": wallet_id, "status": status}
    asked = page(limit, cursor, {"list": "payments", "owner": caller.user_id, **filters})
    with transaction() as connection:
        rows = payments.list_of(connection, caller.user_id, wallet_id, status, asked)
    return render(asked, rows, payment_body, lambda row: str(row.id))


def list_refunds(
    caller: Caller, payment_id: str | None, status: str | None, limit: int, cursor: str | None
) -> dict[str, Any]:
    """The refunds of the caller's payments."""
    filters = {"payment_id": payment_id, "status": status}
    asked = page(limit, cursor, {"list": "refunds", "owner": caller.user_id, **filters})
    with transaction() as connection:
        rows = refunds.list_of(connection, caller.user_id, payment_id, status, asked)
    return render(asked, rows, refund_body, lambda row: str(row.id))


def read_payment(caller: Caller, payment_id: str) -> dict[str, Any]:
    """The payment; raises PaymentNotFound for what is absent and for what is another's."""
    try:
        ids.check("pay", payment_id)
    except ids.MalformedId as trouble:
        raise PaymentNotFound from trouble
    with transaction() as connection:
        row = payments.find(connection, payment_id)
    if row is None or not may_touch(caller, row.owner_id, "payments:read_any"):
        raise PaymentNotFound
    return payment_body(row)


def read_refund(caller: Caller, refund_id: str) -> dict[str, Any]:
    """The refund; raises RefundNotFound for what is absent and for what is another's."""
    try:
        ids.check("re", refund_id)
    except ids.MalformedId as trouble:
        raise RefundNotFound from trouble
    with transaction() as connection:
        row = refunds.find(connection, refund_id)
    if row is None or not may_touch(caller, row.owner_id, "refunds:read_any"):
        raise RefundNotFound
    return refund_body(row)


def may_touch(caller: Caller, owner_id: str, for_any: Permission) -> bool:
    """The owner of the credited wallet, and who has `for_any`."""
    return owner_id == caller.user_id or caller.may(for_any)
