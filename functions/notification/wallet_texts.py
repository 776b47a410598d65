"""What people are told about their wallets."""

from functions.notification.notice import EVERYWHERE, Notice
from paycore.events.wallet import (
    WalletBalanceThresholdCrossed,
    WalletChanged,
    WalletCreated,
    WalletDeactivated,
    WalletFundsAdded,
    WalletFundsDeducted,
)
from paycore.money import Money, decimal


def when_created(data: WalletCreated) -> list[Notice]:
    """It is open."""
    return [Notice(data.owner_id, "New wallet", f"Your {data.currency} wallet is open.", ("push",))]


def when_funds_added(data: WalletFundsAdded) -> list[Notice]:
    """An admin's act has a reason; what a card payment or a refund moves has a notice of its own."""
    if data.reason is None:
        return []
    money = Money(data.amount, data.currency)
    return [Notice(data.owner_id, f"{money} added", f"{money} was added to your wallet: {data.reason}", EVERYWHERE)]


def when_funds_deducted(data: WalletFundsDeducted) -> list[Notice]:
    """As of what is added."""
    if data.reason is None:
        return []
    money = Money(data.amount, data.currency)
    body = f"{money} was deducted from your wallet: {data.reason}"
    return [Notice(data.owner_id, f"{money} deducted", body, EVERYWHERE)]


def when_deactivated(data: WalletDeactivated) -> list[Notice]:
    """It takes and gives no more."""
    return [Notice(data.owner_id, "Wallet closed", f"Your wallet {data.wallet_id} is closed.")]


def when_changed(data: WalletChanged) -> list[Notice]:
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


def when_threshold_crossed(data: WalletBalanceThresholdCrossed) -> list[Notice]:
    """Everywhere: the owner has asked for it."""
    value = f"{decimal(data.value, data.currency)} {data.currency}"
    balance = f"{decimal(data.balance, data.currency)} {data.currency}"
    body = f"The {data.kind} balance of your wallet {data.wallet_id} is {balance}: {data.op} {value}."
    return [Notice(data.owner_id, f"Balance {data.op} {value}", body, EVERYWHERE)]
