"""What people are told about each event: one function per event, each side its own text."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from paycore.events.envelope import EventData
from paycore.events.payment import PaymentFailed, PaymentProcessed, PaymentRefunded
from paycore.events.transaction import (
    TransactionCompleted,
    TransactionExpired,
    TransactionFailed,
    TransactionReversed,
)
from paycore.events.user import UserLoggedIn, UserRegistered, UserUpdated, UserVerified
from paycore.events.wallet import (
    WalletChanged,
    WalletCreated,
    WalletDeactivated,
    WalletFundsAdded,
    WalletFundsDeducted,
)
from paycore.money import Money

Channel = Literal["email", "sms", "push", "inbox"]

EVERYWHERE: tuple[Channel, ...] = ("email", "sms", "push")
MAIL_AND_PUSH: tuple[Channel, ...] = ("email", "push")
CODE = "{code}"  # stands in a body until the moment of sending; what is stored keeps it masked


@dataclass(frozen=True, slots=True)
class Notice:
    """One text for one person (a user, or a registration that is not a user yet)."""

    person_id: str
    subject: str
    body: str
    channels: tuple[Channel, ...] = MAIL_AND_PUSH


def notices(data: EventData) -> list[Notice]:
    """Who is told what; nobody about `transaction.created`, which `.completed` or `.failed` follows at once."""
    write = _TEXTS.get(type(data))
    return write(data) if write else []


def _registered(data: UserRegistered) -> list[Notice]:
    body = (
        f"Your code is {CODE}.\n\nIt completes the registration that was just made with this address and its "
        "password, within 15 minutes. If that was not you, ignore this message: nothing happens without the code."
    )
    return [Notice(data.registration_id, "Your Paycore code", body, ("email",))]


def _verified(data: UserVerified) -> list[Notice]:
    return [Notice(data.user_id, "Welcome to Paycore", "Your e-mail address is verified. You can sign in now.")]


def _logged_in(data: UserLoggedIn) -> list[Notice]:
    body = "Somebody signed in to your account. If that was not you, change your password."
    return [Notice(data.user_id, "New sign-in", body)]


def _updated(data: UserUpdated) -> list[Notice]:
    return [Notice(data.user_id, "Your profile has changed", f"Changed: {', '.join(data.fields)}.")]


def _created(data: WalletCreated) -> list[Notice]:
    return [Notice(data.owner_id, "New wallet", f"Your {data.currency} wallet is open.", ("push",))]


def _funds_added(data: WalletFundsAdded) -> list[Notice]:
    """An admin's act has a reason; what a card payment or a refund moves has a notice of its own."""
    if data.reason is None:
        return []
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"{money} added", f"{money} was added to your wallet: {data.reason}", EVERYWHERE)]


def _funds_deducted(data: WalletFundsDeducted) -> list[Notice]:
    if data.reason is None:
        return []
    money = Money(data.amount, data.currency)
    body = f"{money} was deducted from your wallet: {data.reason}"
    return [Notice(data.owner_id, f"{money} deducted", body, EVERYWHERE)]


def _deactivated(data: WalletDeactivated) -> list[Notice]:
    return [Notice(data.owner_id, "Wallet closed", f"Your wallet {data.wallet_id} is closed.")]


def _completed(data: TransactionCompleted) -> list[Notice]:
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


def _reversed(data: TransactionReversed) -> list[Notice]:
    money = Money(data.amount, data.currency)
    body = f"{money} of {data.transaction_id} was brought back."
    sides = (data.source_owner_id, data.target_owner_id)
    return [Notice(owner, f"{money} brought back", body) for owner in dict.fromkeys(sides) if owner is not None]


def _expired(data: TransactionExpired) -> list[Notice]:
    money = Money(data.amount, data.currency)
    body = f"The reservation {data.transaction_id} has ended: {money} is available again."
    return [Notice(data.source_owner_id, f"Reservation of {money} ended", body, ("push",))]


def _changed(data: WalletChanged) -> list[Notice]:
    """What its owner should know of; not the number of its balance rows, and not what the owner just did."""
    said = {
        "freeze": "has been frozen",
        "unfreeze": "is no longer frozen",
        "reopen": "is open again",
        "limit": "has another credit limit",
    }.get(data.action)
    if said is None:
        return []
    reason = f": {data.reason}" if data.reason else "."
    return [Notice(data.owner_id, "Your wallet has changed", f"Your wallet {data.wallet_id} {said}{reason}")]


def _failed(data: TransactionFailed) -> list[Notice]:
    """Its initiator's alone, and only in the inbox."""
    money = Money(data.amount, data.currency)
    body = f"Your transfer of {money} was refused: {data.failure_code.replace('_', ' ')}."
    return [Notice(data.actor_id, "Transfer refused", body, ("inbox",))]


def _processed(data: PaymentProcessed) -> list[Notice]:
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"Payment of {money}", f"{money} was charged to your card and is in your wallet.")]


def _payment_failed(data: PaymentFailed) -> list[Notice]:
    money = Money(data.amount, data.currency)
    body = f"Your payment of {money} was declined: {data.decline_code.replace('_', ' ')}."
    return [Notice(data.owner_id, "Payment declined", body)]


def _refunded(data: PaymentRefunded) -> list[Notice]:
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"Refund of {money}", f"{money} went from your wallet back to your card.")]


_TEXTS: dict[type[EventData], Callable[[Any], list[Notice]]] = {
    UserRegistered: _registered,
    UserVerified: _verified,
    UserLoggedIn: _logged_in,
    UserUpdated: _updated,
    WalletCreated: _created,
    WalletFundsAdded: _funds_added,
    WalletFundsDeducted: _funds_deducted,
    WalletDeactivated: _deactivated,
    WalletChanged: _changed,
    TransactionCompleted: _completed,
    TransactionFailed: _failed,
    TransactionReversed: _reversed,
    TransactionExpired: _expired,
    PaymentProcessed: _processed,
    PaymentFailed: _payment_failed,
    PaymentRefunded: _refunded,
}
