"""Events about movements of money. Amounts in minor units; a null owner or wallet is a system account."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True)
class Movement(EventData):
    """What all of these events tell. Not an event itself."""

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


@dataclass(frozen=True)
class TransactionCreated(Movement):
    """A movement was accepted."""

    TYPE = "transaction.created"


@dataclass(frozen=True)
class TransactionCompleted(Movement):
    """The money has moved."""

    TYPE = "transaction.completed"


@dataclass(frozen=True)
class TransactionFailed(Movement):
    """The ledger refused; nothing moved. `failure_code` is the code of the refusal."""

    TYPE = "transaction.failed"

    failure_code: str
