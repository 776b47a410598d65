"""What people are told about movements of money: each side its own text."""

from functions.notification.notice import EVERYWHERE, Notice
from paycore.events.transaction import (
    TransactionCompleted,
    TransactionExpired,
    TransactionFailed,
    TransactionReversed,
)
from paycore.money import Money


def when_completed(data: TransactionCompleted) -> list[Notice]:
    if data.kind not in ("transfer", "capture") or data.source_owner_id is None:
        return []
    money = Money(data.amount, data.currency)
    sent = Notice(data.source_owner_id, f"You sent {money}", f"You sent {money}. Reference: {data.transaction_id}")
    if data.target_owner_id is None:
        return [sent, *_split(data)]
    if data.source_owner_id == data.target_owner_id:
        return [sent]
    body = f"You received {money}. Reference: {data.transaction_id}"
    return [sent, Notice(data.target_owner_id, f"You received {money}", body, EVERYWHERE)]


def _split(data: TransactionCompleted) -> list[Notice]:
    """Each of several targets is told its own part."""
    return [
        Notice(
            leg["owner_id"],
            f"You received {Money(leg['amount'], data.currency)}",
            f"You received {Money(leg['amount'], data.currency)}. Reference: {data.transaction_id}",
            EVERYWHERE,
        )
        for leg in data.legs
        if leg["amount"] > 0 and leg["owner_id"] not in (None, data.source_owner_id)
    ]


def when_reversed(data: TransactionReversed) -> list[Notice]:
    money = Money(data.amount, data.currency)
    body = f"{money} of {data.transaction_id} was brought back."
    sides = (data.source_owner_id, data.target_owner_id)
    return [Notice(owner, f"{money} brought back", body) for owner in dict.fromkeys(sides) if owner is not None]


def when_expired(data: TransactionExpired) -> list[Notice]:
    money = Money(data.amount, data.currency)
    body = f"The reservation {data.transaction_id} has ended: {money} is available again."
    return [Notice(data.source_owner_id, f"Reservation of {money} ended", body, ("push",))]


# By kind: what was refused, as its initiator would say it.
_REFUSED: dict[str, tuple[str, str]] = {
    "hold": ("Reservation refused", "Your reservation of {money} was refused"),
    "conversion": ("Conversion refused", "Your conversion of {money} was refused"),
    "capture": ("Capture refused", "Your capture of {money} was refused"),
    "void": ("Release refused", "Your release of {money} was refused"),
    "reversal": ("Reversal refused", "Your reversal of {money} was refused"),
    "sweep": ("Sweep refused", "Your sweep of {money} was refused"),
    "transfer": ("Transfer refused", "Your transfer of {money} was refused"),
    "funds_added": ("Funds not added", "{money} could not be added to the wallet"),
    "funds_deducted": ("Funds not deducted", "{money} could not be deducted from the wallet"),
    "payment": ("Payment not credited", "Your card payment of {money} could not be credited to your wallet"),
    "refund_reserved": ("Refund refused", "Your refund of {money} was refused"),
    "refund": ("Refund not booked", "Your refund of {money} could not be booked"),
    "refund_returned": ("Refund not returned", "{money} of a failed refund could not be returned to your wallet"),
}
_REFUSED_OTHERWISE = ("Movement refused", "A movement of {money} was refused")


def when_failed(data: TransactionFailed) -> list[Notice]:
    """Its initiator's alone, and only in the inbox."""
    subject, what = _REFUSED.get(data.kind, _REFUSED_OTHERWISE)
    why = data.failure_code.replace("_", " ")
    body = f"{what.format(money=Money(data.amount, data.currency))}: {why}."
    return [Notice(data.actor_id, subject, body, ("inbox",))]
