"""Saves a card: the processor makes a token of it, and only what may be shown is kept beside that."""

from typing import Any

from functions.payment.processor_client import tokenize
from functions.payment.render import method_body
from functions.payment.schemas import Card
from functions.payment.stage_method import stage_method
from functions.payment.store import methods
from functions.payment.velocity import admit_card, give_card_back
from paycore import ids, settings
from paycore.caller import Caller
from paycore.crypto import key_ring
from paycore.database import transaction
from paycore.errors import Unavailable
from paycore.events.payment_method import PaymentMethodSaved
from paycore.origin import Origin
from paycore.settings import CardKeysSettings

_PURPOSE = "card-fingerprint"


def save_method(caller: Caller, card: Card, origin: Origin) -> dict[str, Any]:
    """The saved method, the same one for the same card.

    Raises RateLimited after too many cards, and Unavailable when the processor does not answer.
    """
    admit_card(caller.user_id)
    try:
        token = tokenize(card)
    except Unavailable:
        give_card_back(caller.user_id)
        raise
    number = card.number.get_secret_value()
    ring = key_ring(settings.read(CardKeysSettings).card_keys_secret)
    fingerprint, *older = [ring.hmac(_PURPOSE, number, key_id) for key_id in ring.key_ids]
    with transaction() as connection:
        if older:
            methods.renew_fingerprint(connection, caller.user_id, fingerprint, older)
        saved = methods.save(
            connection,
            methods.NewMethod(
                id=ids.new("pm"),
                owner_id=caller.user_id,
                processor_token=token.token,
                brand=token.brand,
                last4=number[-4:],
                exp_month=card.exp_month,
                exp_year=card.exp_year,
                fingerprint=fingerprint,
            ),
        )
        stage_method(connection, PaymentMethodSaved, saved, origin)
    return method_body(saved)
