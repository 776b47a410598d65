"""Lets admins say what a role or the unverified may spend in a currency; the next movement is judged by it."""

from typing import Any

from functions.transaction.limits import store
from functions.transaction.limits.schemas import SetLimits
from paycore.caller import Caller
from paycore.database import Connection, Row, one_statement, transaction
from paycore.errors import SpendingLimitNotFound
from paycore.events.spending_limit import SpendingLimitChanged
from paycore.ledger.commands import LimitGroup
from paycore.money import EXPONENTS
from paycore.origin import Origin
from paycore.outbox import stage_event


def list_limits() -> dict[str, Any]:
    """All limits, as a list of one page."""
    rows = one_statement(store.list_all)
    return {"object": "list", "data": [_body(row) for row in rows], "has_more": False, "next_cursor": None}


def set_limits(caller: Caller, role: LimitGroup, currency: str, wanted: SetLimits, origin: Origin) -> dict[str, Any]:
    """The limits as they are now; raises SpendingLimitNotFound for a currency that there is not."""
    if currency not in EXPONENTS:
        raise SpendingLimitNotFound
    values = wanted.model_dump(exclude={"reason"})
    event = SpendingLimitChanged(
        role=role, currency=currency, actor_id=caller.user_id, reason=wanted.reason, removed=False, **values
    )
    with transaction() as connection:
        store.put(connection, {"role": role, "currency": currency, **values})
        _stage(connection, event, origin)
    return {"object": "spending_limit", "role": role, "currency": currency, **values}


def remove_limits(caller: Caller, role: LimitGroup, currency: str, reason: str, origin: Origin) -> None:
    """Nothing limits the role in this currency any more; raises SpendingLimitNotFound."""
    if currency not in EXPONENTS:
        raise SpendingLimitNotFound
    event = SpendingLimitChanged(role=role, currency=currency, actor_id=caller.user_id, reason=reason, removed=True)
    with transaction() as connection:
        if not store.remove(connection, role, currency):
            raise SpendingLimitNotFound
        _stage(connection, event, origin)


def _stage(connection: Connection, event: SpendingLimitChanged, origin: Origin) -> None:
    subject = f"{event.role}_{event.currency}"
    stage_event(
        connection,
        event,
        subject=subject,
        partition_key=subject,
        request_id=origin.request_id,
        network=origin.network,
    )


def _body(row: Row[Any]) -> dict[str, Any]:
    return {
        "object": "spending_limit",
        "role": row.role,
        "currency": row.currency,
        "per_transaction": row.per_transaction_minor,
        "per_day": row.per_day_minor,
        "per_month": row.per_month_minor,
        "count_per_hour": row.count_per_hour,
    }
