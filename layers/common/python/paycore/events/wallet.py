"""Events about wallets. Amounts in minor units."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_WALLET, EventData


@dataclass(frozen=True)
class WalletCreated(EventData):
    """A wallet was opened."""

    TYPE = "wallet.created"
    TOPIC = TOPIC_WALLET

    wallet_id: str
    owner_id: str
    currency: str


@dataclass(frozen=True)
class WalletFundsAdded(EventData):
    """Money came in from a system account."""

    TYPE = "wallet.funds_added"
    TOPIC = TOPIC_WALLET

    wallet_id: str
    owner_id: str
    transaction_id: str
    amount: int
    currency: str
    actor_id: str
    reason: str | None


@dataclass(frozen=True)
class WalletFundsDeducted(EventData):
    """Money left to a system account."""

    TYPE = "wallet.funds_deducted"
    TOPIC = TOPIC_WALLET

    wallet_id: str
    owner_id: str
    transaction_id: str
    amount: int
    currency: str
    actor_id: str
    reason: str | None


@dataclass(frozen=True)
class WalletDeactivated(EventData):
    """A wallet was closed; an admin may reopen it."""

    TYPE = "wallet.deactivated"
    TOPIC = TOPIC_WALLET

    wallet_id: str
    owner_id: str
    actor_id: str
    reason: str | None


@dataclass(frozen=True)
class WalletChanged(EventData):
    """What a wallet allows, or its name, was changed: freeze, unfreeze, reopen, limit, stripe, rename.

    `credit_limit` is that of a `limit`; `stripes` the number of balance rows after a `stripe`.
    """

    TYPE = "wallet.updated"
    TOPIC = TOPIC_WALLET

    wallet_id: str
    owner_id: str
    actor_id: str
    action: str
    state: str
    version: int
    reason: str | None
    credit_limit: int | None = None
    stripes: int | None = None


@dataclass(frozen=True)
class WalletBalanceThresholdCrossed(EventData):
    """A balance came beyond the value of a rule that watches it: `op` is below or above, `kind` posted or available.

    It is looked at when the movement's event arrives: what was beyond and back within seconds has not crossed.
    """

    TYPE = "wallet.balance_threshold_crossed"
    TOPIC = TOPIC_WALLET

    wallet_id: str
    owner_id: str
    rule_id: str
    kind: str
    op: str
    value: int
    balance: int
    currency: str
