"""What people are told about card payments: the money comes into their wallet, or leaves it for the card."""

from functions.notification.notice import Notice
from paycore.events.payment import PaymentFailed, PaymentProcessed, PaymentRefunded
from paycore.money import Money


def when_processed(data: PaymentProcessed) -> list[Notice]:
    """The wallet's owner paid."""
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"Payment of {money}", f"{money} was charged to your card and is in your wallet.")]


def when_failed(data: PaymentFailed) -> list[Notice]:
    """Why, in the words of the processor."""
    money = Money(data.amount, data.currency)
    body = f"Your payment of {money} was declined: {data.decline_code.replace('_', ' ')}."
    return [Notice(data.owner_id, "Payment declined", body)]


def when_refunded(data: PaymentRefunded) -> list[Notice]:
    """The wallet paid it."""
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"Refund of {money}", f"{money} went from your wallet back to your card.")]
