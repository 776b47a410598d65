"""Events about movements of money. Amounts in minor units; a null owner or wallet is a system account."""

from dataclasses import dataclass, field
from typing import Any

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True, kw_only=True)
class Movement(EventData):
    """What all of these events tell. Not an event itself.

    `legs`: what each wallet got, with the version that it has since; on a striped wallet only stripe and its version.
    """

    TOPIC = TOPIC_TRANSACTION

    transaction_id: str
    kind: str
    amount: int
    currency: str
    source_wallet_id: str | None
    source_owner_id: str | None
    target_wallet_id: str | None
    target_owner_id: str | None
    actor_id: str
    original_id: str | None = None
    legs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class TransactionCreated(Movement):
    """A movement was accepted; a hold is one whose money is only reserved yet."""

    TYPE = "transaction.created"


@dataclass(frozen=True, kw_only=True)
class TransactionCompleted(Movement):
    """The money has moved, or a hold was given up (`void`)."""

    TYPE = "transaction.completed"


@dataclass(frozen=True, kw_only=True)
class TransactionFailed(Movement):
    """The ledger refused; nothing moved. `failure_code` is the code of the refusal."""

    TYPE = "transaction.failed"

    failure_code: str


@dataclass(frozen=True, kw_only=True)
class TransactionReversed(EventData):
    """A movement was brought back, all or a part: `amount` of it, by the transaction `reversal_id`."""

    TYPE = "transaction.reversed"
    TOPIC = TOPIC_TRANSACTION

    transaction_id: str
    kind: str
    amount: int
    currency: str
    reversal_id: str
    source_wallet_id: str | None
    source_owner_id: str | None
    target_wallet_id: str | None
    target_owner_id: str | None
    actor_id: str


@dataclass(frozen=True, kw_only=True)
class TransactionExpired(EventData):
    """A hold came to its end: `amount` is free again."""

    TYPE = "transaction.expired"
    TOPIC = TOPIC_TRANSACTION

    transaction_id: str
    amount: int
    currency: str
    source_wallet_id: str
    source_owner_id: str
    target_wallet_id: str | None
    target_owner_id: str | None
