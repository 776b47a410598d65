"""Events about saved payment methods: of a card what the API shows, never its number."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_PAYMENT, EventData


@dataclass(frozen=True, kw_only=True)
class _OfPaymentMethod(EventData):
    TOPIC = TOPIC_PAYMENT

    method_id: str
    owner_id: str
    brand: str
    last4: str


@dataclass(frozen=True, kw_only=True)
class PaymentMethodSaved(_OfPaymentMethod):
    """A card was saved; with the id of one that was there, the same card again."""

    TYPE = "payment_method.saved"


@dataclass(frozen=True, kw_only=True)
class PaymentMethodRemoved(_OfPaymentMethod):
    """A card was removed: nothing can be charged to it any more."""

    TYPE = "payment_method.removed"
