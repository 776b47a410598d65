"""What can be asked of the ledger. Plain data: no HTTP, no SQL, no third-party library.

Each command has a `key` that names its effect for ever: the same command again gives the first one's outcome. `body()`
is its JSON form, the contract of the SQL function `ledger.post`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from paycore.invariants import ensure
from paycore.ledger.conditions import BalanceCondition
from paycore.money import Money
from paycore.request_key import RequestKey

SystemKind = Literal["clearing_card", "clearing_bank", "fees", "fx", "rounding", "suspense", "disputes", "opening"]
MovementKind = Literal[
    "transfer", "hold", "capture", "void", "reversal", "conversion", "sweep", "funds_added", "funds_deducted",
    "payment", "refund_reserved", "refund", "refund_returned",
]  # fmt: skip
TransactionStatus = Literal[
    "pending", "completed", "partially_captured", "captured", "voided", "expired", "reversed",
    "partially_reversed", "failed",
]  # fmt: skip
LimitRole = Literal["user", "merchant"]
# What has spending limits: a role, and beside it whoever's identity is not verified, in any role.
LimitGroup = Literal[LimitRole, "unverified"]

HOLD_LIFE_S = 7 * 24 * 3600  # as card schemes do, unless the request says otherwise
HOLD_LIFE_MAX_S = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Wallet:
    """A person's account. `owned_by` demands that owner (a user id); None asks for no owner."""

    wallet_id: str
    owned_by: str | None = None

    def body(self) -> dict[str, Any]:
        """The side of a movement."""
        return {"wallet_id": self.wallet_id, "owned_by": self.owned_by}


@dataclass(frozen=True, slots=True)
class System:
    """One of our own accounts: the outside world's mirror, in the currency of the movement."""

    kind: SystemKind

    def body(self) -> dict[str, Any]:
        """The side of a movement."""
        return {"system": self.kind}


@dataclass(frozen=True, slots=True)
class Share:
    """What one target of a split gets: `amount` in minor units."""

    target: Wallet
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What all commands share: the new transaction's id, who asks (a user id, or a part of the system), the key.

    `unconfirmed`: a person asks who has not just shown a second factor, so what is above the limit is refused.
    """

    transaction_id: str
    actor_id: str
    key: RequestKey
    dry_run: bool = False  # all checks, nothing kept, no key either
    unconfirmed: bool = False

    def common(self, operation: str) -> dict[str, Any]:
        """The part of the body that is alike in all."""
        return {
            "operation": operation,
            "transaction_id": self.transaction_id,
            "actor_id": self.actor_id,
            "key": self.key.body(),
            "dry_run": self.dry_run,
            "unconfirmed": self.unconfirmed,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending(Command):
    """A command of somebody who gives money away.

    `external_id` is unique per owner of the source (of the target where a system account pays), for ever; those of
    funds that an admin adds or deducts are unique among themselves (decision 44).
    `expected_version` is the source wallet's; another one is a VersionConflict. `conditions` are about the balance that
    the movement leaves in it; the first that would not hold is a BalanceConditionFailed. `limit_role` names the limits;
    where the payer is `unverified`, those of whoever is not hold, too.
    """

    description: str | None = None
    external_id: str | None = None
    reason: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    expected_version: int | None = None
    conditions: tuple[BalanceCondition, ...] = ()
    limit_role: LimitRole | None = None
    unverified: bool = False

    def spending(self, operation: str, money: Money, source: Wallet | System) -> dict[str, Any]:
        """The part of the body that spending commands share."""
        return {
            **self.common(operation),
            "amount": money.amount_minor,
            "currency": money.currency,
            "source": source.body(),
            "external_id": self.external_id,
            "reason": self.reason,
            **self.terms(),
        }

    def terms(self) -> dict[str, Any]:
        """What holds for every spending, a conversion, too. `conditions` stand only where there are any."""
        terms = {
            "description": self.description,
            "metadata": self.metadata,
            "expected_version": self.expected_version,
            "limit_role": self.limit_role,
            "unverified": self.unverified,
        }
        return terms | ({"conditions": [each.body() for each in self.conditions]} if self.conditions else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Spending):
    """Moves `money` (more than 0) from `source` to `target`, or split among `shares`, which sum to it."""

    kind: MovementKind
    money: Money
    source: Wallet | System
    target: Wallet | System | None = None
    shares: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        ensure(self.money.amount_minor > 0, "a movement moves something")
        ensure((self.target is None) == bool(self.shares), "a movement has one target or several")
        ensure(
            not self.shares or sum(share.amount for share in self.shares) == self.money.amount_minor, "shares add up"
        )
        # The last step of a refund moves what the first one took out of the wallet.
        touches_wallet = isinstance(self.source, Wallet) or isinstance(self.target, Wallet)
        ensure(touches_wallet or self.kind == "refund", "a movement touches a wallet")

    def body(self) -> dict[str, Any]:
        """`targets` stands only in a split."""
        body = {**self.spending("transfer", self.money, self.source), "kind": self.kind}
        if self.target is not None:
            return {**body, "target": self.target.body()}
        return {**body, "targets": [{**share.target.body(), "amount": share.amount} for share in self.shares]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Spending):
    """Reserves `money` in `source` for `target`, or for somebody who is not known yet (None), for `life_s` seconds."""

    money: Money
    source: Wallet
    target: Wallet | None
    life_s: int = HOLD_LIFE_S

    def __post_init__(self) -> None:
        ensure(self.money.amount_minor > 0, "a hold holds something")
        ensure(0 < self.life_s <= HOLD_LIFE_MAX_S, "a hold ends")

    def body(self) -> dict[str, Any]:
        """`kind` is hold."""
        target = self.target.body() if self.target else None
        return {
            **self.spending("hold", self.money, self.source),
            "kind": "hold",
            "target": target,
            "expires_in_s": self.life_s,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Convert(Spending):
    """Changes currency at a quote of the actor's, from one of their wallets to another."""

    quote_id: str
    source: Wallet
    target: Wallet

    def body(self) -> dict[str, Any]:
        """Amount and currencies stand in the quote."""
        return {
            **self.common("convert"),
            "quote_id": self.quote_id,
            "source": self.source.body(),
            "target": self.target.body(),
            **self.terms(),
        }
