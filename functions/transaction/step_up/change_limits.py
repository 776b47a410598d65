"""Lets admins say from which amount on a request needs the second factor; the next movement is judged by it."""

from typing import Any

from functions.transaction.step_up import store
from functions.transaction.step_up.schemas import SetStepUpLimit
from paycore.caller import Caller
from paycore.database import Connection, one_statement, transaction
from paycore.errors import StepUpLimitNotFound
from paycore.events.spending_limit import StepUpLimitChanged
from paycore.money import EXPONENTS
from paycore.origin import Origin
from paycore.outbox import stage_event


def list_step_up_limits() -> dict[str, Any]:
    """All that were set, as a list of one page."""
    rows = one_statement(store.list_all)
    data = [_body(row.currency, row.above_minor) for row in rows]
    return {"object": "list", "data": data, "has_more": False, "next_cursor": None}


def set_step_up_limit(caller: Caller, currency: str, wanted: SetStepUpLimit, origin: Origin) -> dict[str, Any]:
    """The limit as it is now; raises StepUpLimitNotFound for a currency that there is not."""
    if currency not in EXPONENTS:
        raise StepUpLimitNotFound
    event = StepUpLimitChanged(currency=currency, above=wanted.above, actor_id=caller.user_id, reason=wanted.reason)
    with transaction() as connection:
        store.put(connection, currency, wanted.above)
        _stage(connection, event, origin)
    return _body(currency, wanted.above)


def remove_step_up_limit(caller: Caller, currency: str, reason: str, origin: Origin) -> None:
    """The currency has the limit again that all have; raises StepUpLimitNotFound."""
    if currency not in EXPONENTS:
        raise StepUpLimitNotFound
    event = StepUpLimitChanged(currency=currency, above=None, actor_id=caller.user_id, reason=reason)
    with transaction() as connection:
        if not store.remove(connection, currency):
            raise StepUpLimitNotFound
        _stage(connection, event, origin)


def _stage(connection: Connection, event: StepUpLimitChanged, origin: Origin) -> None:
    subject = f"step_up_{event.currency}"
    stage_event(
        connection,
        event,
        subject=subject,
        partition_key=subject,
        request_id=origin.request_id,
        network=origin.network,
    )


def _body(currency: str, above: int) -> dict[str, Any]:
    return {"object": "step_up_limit", "currency": currency, "above": above}
