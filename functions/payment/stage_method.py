"""Stages what became of a saved payment method: its owner is told, and the audit log keeps it."""

from functions.payment.store import Connection, Record
from paycore.events.payment_method import PaymentMethodRemoved, PaymentMethodSaved
from paycore.origin import Origin
from paycore.outbox import stage_event


def stage_method(
    connection: Connection,
    kind: type[PaymentMethodSaved | PaymentMethodRemoved],
    method: Record,
    origin: Origin,
) -> None:
    """One event about the method, whose row the caller has just written."""
    stage_event(
        connection,
        kind(method_id=method.id, owner_id=method.owner_id, brand=method.brand, last4=method.last4),
        subject=method.id,
        partition_key=method.id,
        request_id=origin.request_id,
        network=origin.network,
    )
