"""Removes a saved payment method: no new payment can use it, the old ones keep their history."""

from functions.payment.store import methods
from paycore import ids
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import PaymentMethodNotFound


def remove_method(caller: Caller, method_id: str) -> None:
    """Raises PaymentMethodNotFound for what is absent, removed or another's."""
    try:
        ids.check("pm", method_id)
    except ids.MalformedId as trouble:
        raise PaymentMethodNotFound from trouble
    with transaction() as connection:
        if not methods.remove(connection, method_id, caller.user_id):
            raise PaymentMethodNotFound
