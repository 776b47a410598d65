"""What the oracle remembers of the services above the ledger: people, what waits for them, schedules, watched balances."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from paycore.ledger.commands import Move
from tests.model.book import Refused

IDLE_ITEMS_MAX = 12  # of somebody's bulks that move nothing; of the service 10,000
UNKNOWN_PER_DAY = 3  # addresses that somebody may look for in vain; of the service 20, which no sequence would reach
CALL_ITEMS = 2  # of an independent bulk; of the service 50
SCHEDULES_MAX = 4  # of one owner; of the service 200
RULES_MAX = 3  # of one wallet; of the service 20

Place = tuple[str, str, str]  # principal, route, key


@dataclass
class Person:
    """Somebody with at most one proven address."""

    id: str
    roles: list[str]
    address: str | None = None
    active: bool = True
    verified: bool = False


@dataclass(frozen=True)
class Payment:
    """A transfer as its body asks for it. With an address `move` has no target that counts."""

    move: Move
    address: str | None = None


@dataclass
class Waiting:
    """Money that is held for whoever proves the address."""

    sender: str
    address: str
    currency: str
    claimed: bool = False


@dataclass
class Stored:
    """What is kept for a key, where the ledger does not: of work that is not done yet, no reply."""

    fingerprint: str
    reply: Any = None


@dataclass
class Schedule:
    """A transfer for later. `runs`: of each occurrence its number, its end and why it failed."""

    id: str
    owner: str
    payment: Payment
    starts_at: datetime
    every: str | None
    until: datetime | None
    times: int | None
    state: str = "active"
    next_occurrence: int = 1
    next_at: datetime | None = None
    paused_at: datetime | None = None
    postponed: bool = False
    runs: list[tuple[int, str, str | None]] = field(default_factory=list)


@dataclass
class Watch:
    """A rule about a wallet's balance."""

    kind: str
    op: str
    value: int
    crossed: bool


@dataclass
class ServiceBook:
    """All that the oracle knows beside the ledger."""

    people: dict[str, Person]  # by id
    named: frozenset[str]  # wallets with a name: no address leads to them
    looked_for: dict[str, set[str]] = field(default_factory=dict)  # in vain today, by who looked
    idle_items: Counter[str] = field(default_factory=Counter)  # asked for in bulks that moved nothing, by who asked
    waiting: dict[str, Waiting] = field(default_factory=dict)  # by the hold's id
    stored: dict[Place, Stored] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    watches: dict[str, dict[str, Watch]] = field(default_factory=dict)  # by wallet, then by the rule's id

    def has_sent(self, sender: str, address: str) -> bool:
        """Whether money of the sender's waits, or waited, for the address, which nobody has claimed."""
        return any(
            (each.sender, each.address, each.claimed) == (sender, address, False) for each in self.waiting.values()
        )

    def answered(self, place: Place, fingerprint: str) -> Stored | None:
        """What is kept for this key; the same key for something else is refused."""
        stored = self.stored.get(place)
        if stored is not None and stored.fingerprint != fingerprint:
            raise Refused("idempotency_key_reused", kept=False)
        return stored
