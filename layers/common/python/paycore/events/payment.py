"""Events about card payments and refunds. Amounts in minor units."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_PAYMENT, EventData


@dataclass(frozen=True)
class PaymentProcessed(EventData):
    """The card was charged and the wallet credited."""

    TYPE = "payment.processed"
    TOPIC = TOPIC_PAYMENT

    payment_id: str
    wallet_id: str
    owner_id: str
    transaction_id: str
    amount: int
    currency: str


@dataclass(frozen=True)
class PaymentFailed(EventData):
    """The card was not charged. `decline_code` as the processor gave it."""

    TYPE = "payment.failed"
    TOPIC = TOPIC_PAYMENT

    payment_id: str
    wallet_id: str
    owner_id: str
    amount: int
    currency: str
    decline_code: str


@dataclass(frozen=True)
class PaymentRefunded(EventData):
    """Money went back from the wallet to the card."""

    TYPE = "payment.refunded"
    TOPIC = TOPIC_PAYMENT

    payment_id: str
    refund_id: str
    wallet_id: str
    owner_id: str
    transaction_id: str
    amount: int
    currency: str
