"""Removes a saved payment method: no new payment can use it, the old ones keep their history."""

from functions.payment.stage_method import stage_method
from functions.payment.store import methods
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import PaymentMethodNotFound
from paycore.events.payment_method import PaymentMethodRemoved
from paycore.origin import Origin


def remove_method(caller: Caller, method_id: str, origin: Origin) -> None:
    """Raises PaymentMethodNotFound for what is absent, removed or another's."""
    try:
        ids.check("pm", method_id)
    except ids.MalformedId as trouble:
        raise PaymentMethodNotFound from trouble
    with transaction() as connection:
        removed = methods.remove(connection, method_id, caller.user_id)
        if removed is None:
            raise PaymentMethodNotFound
        stage_method(connection, PaymentMethodRemoved, removed, origin)
