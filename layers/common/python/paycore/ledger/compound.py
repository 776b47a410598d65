"""What can be asked of the ledger that is more than one movement: a bulk, and a closing with its sweep."""

from dataclasses import dataclass
from typing import Any, Literal

from paycore.ledger.commands import Command, Move, Wallet

BulkMode = Literal["atomic", "independent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Command):
    """Closes `wallet`; its money goes to `sweep_to`, a wallet of the same owner and currency."""

    wallet: Wallet
    sweep_to: str | None = None
    reason: str | None = None
    expected_version: int | None = None

    def body(self) -> dict[str, Any]:
        """The wallet stands at the top."""
        own = {"sweep_to": self.sweep_to, "reason": self.reason, "expected_version": self.expected_version}
        return {**self.common("close"), **self.wallet.body(), **own}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk(Command):
    """Up to 1,000 movements in one commit: all or none (`atomic`), or each by itself under its own key."""

    mode: BulkMode
    items: tuple[Move, ...]

    def body(self) -> dict[str, Any]:
        """Each item as it would be alone."""
        return {**self.common("bulk"), "mode": self.mode, "items": [item.body() for item in self.items]}
