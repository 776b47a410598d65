"""What can be asked of the ledger about an earlier transaction: take a hold, give it up, bring money back."""

from dataclasses import dataclass
from typing import Any, Literal

from paycore.ledger.commands import Command, Wallet


@dataclass(frozen=True, slots=True)
class Allowed:
    """Who may touch an earlier transaction: a person on one of these sides of it.

    `sender of nobody` is who sent money to somebody that is not known yet.
    """

    user_id: str
    sides: tuple[Literal["source", "target", "sender of nobody"], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation(Command):
    """A command about an earlier transaction. `allowed` None: anybody's, for admins and for the system itself."""

    original_id: str
    allowed: Allowed | None
    reason: str | None = None

    def continuing(self, operation: str) -> dict[str, Any]:
        """The part of the body that continuations share."""
        allowed = {"user_id": self.allowed.user_id, "sides": list(self.allowed.sides)} if self.allowed else None
        return {
            **self.common(operation),
            "original_id": self.original_id,
            "allowed": allowed,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Continuation):
    """Takes `amount` (None: what remains) of a hold; the rest is released unless `final` is false.

    `target` is only for a hold that has none yet: the wallet of the recipient who claims it.
    """

    amount: int | None = None
    final: bool = True
    target: Wallet | None = None

    def body(self) -> dict[str, Any]:
        """`target` stands only in a claim."""
        target = {"target": self.target.body()} if self.target else {}
        return {**self.continuing("capture"), "amount": self.amount, "final": self.final, **target}


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Continuation):
    """Gives up what remains of a hold."""

    def body(self) -> dict[str, Any]:
        """Nothing of its own."""
        return self.continuing("void")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reverse(Continuation):
    """Brings `amount` (None: what remains) of a transfer or capture back; as an admin also of funds and splits.

    A conversion comes back as a whole: `amount` is None or what it paid out.
    """

    amount: int | None = None

    def body(self) -> dict[str, Any]:
        """`amount` may be null."""
        return {**self.continuing("reverse"), "amount": self.amount}
