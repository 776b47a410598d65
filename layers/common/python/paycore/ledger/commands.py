"""What can be asked of the ledger. Plain data: no HTTP, no SQL, no third-party library."""

from dataclasses import dataclass, field
from typing import Literal

from paycore.errors import PaymentError
from paycore.invariants import ensure, present
from paycore.money import Money
from paycore.request_key import RequestKey

SystemKind = Literal["clearing_card", "clearing_bank", "fees", "fx", "rounding", "suspense", "disputes", "opening"]
MovementKind = Literal[
    "transfer", "funds_added", "funds_deducted", "payment", "refund_reserved", "refund", "refund_returned"
]
TransactionStatus = Literal[
    "pending", "completed", "partially_captured", "captured", "voided", "expired", "reversed",
    "partially_reversed", "failed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's account. `owned_by` demands that owner (a user id); None asks for no owner."""

    wallet_id: str
    owned_by: str | None = None


@dataclass(frozen=True, slots=True)
class System:
    """One of our own accounts: the outside world's mirror, in the currency of the movement."""

    kind: SystemKind


@dataclass(frozen=True, slots=True)
class Move:
    """Moves `money` (more than 0) from `source` to `target`.

    `key` names the effect for ever: a second Move with the same key gives the first one's outcome. `actor_id` is who
    asked. `external_id` is unique per owner of the source (of the target where a system account pays).
    """

    transaction_id: str
    kind: MovementKind
    money: Money
    source: Wallet | System
    target: Wallet | System
    actor_id: str
    key: RequestKey
    description: str | None = None
    external_id: str | None = None
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ensure(self.money.amount_minor > 0, "a movement moves something")
        # The last step of a refund moves what the first one took out of the wallet.
        touches_wallet = isinstance(self.source, Wallet) or isinstance(self.target, Wallet)
        ensure(touches_wallet or self.kind == "refund", "a movement touches a wallet")


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a completed movement. `amount` is signed; `balance_after` is posted money; both in minor units."""

    account_id: str
    owner_id: str | None
    amount: int
    balance_after: int
    version: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """A movement as the ledger recorded it. Account ids of system accounts are None, instants RFC 3339."""

    id: str
    kind: MovementKind
    status: TransactionStatus
    amount: int
    currency: str
    source_wallet_id: str | None
    source_owner_id: str | None
    target_wallet_id: str | None
    target_owner_id: str | None
    actor_id: str
    description: str | None
    external_id: str | None
    reason: str | None
    metadata: dict[str, str]
    failure_code: str | None
    created_at: str
    completed_at: str | None
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command: the transaction or a refusal, and whether an earlier request with this key made it."""

    transaction: Transaction | None
    refusal: PaymentError | None
    replayed: bool

    def completed(self) -> Transaction:
        """The completed transaction; raises the refusal. Only after the commit: the refusal is kept, too."""
        if self.refusal is not None:
            raise self.refusal
        return present(self.transaction, "an outcome is a transaction or a refusal")
