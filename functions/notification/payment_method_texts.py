"""What people are told about their saved cards: of security, so nobody can have it switched off."""

from functions.notification.notice import Notice
from paycore.events.payment_method import PaymentMethodRemoved, PaymentMethodSaved

_NOT_YOU = "If that was not you, change your password and tell us at once."


def when_saved(data: PaymentMethodSaved) -> list[Notice]:
    """Which card."""
    body = f"The {data.brand} card that ends in {data.last4} is saved for your payments. {_NOT_YOU}"
    return [Notice(data.owner_id, "A card was saved", body)]


def when_removed(data: PaymentMethodRemoved) -> list[Notice]:
    """Which card."""
    body = f"The {data.brand} card that ends in {data.last4} is not saved any more. {_NOT_YOU}"
    return [Notice(data.owner_id, "A card was removed", body)]
