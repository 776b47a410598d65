"""Events about the ledger as a whole."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True)
class LedgerBroken(EventData):
    """A verification found broken invariants, in two snapshots. `wallet_ids`: whose debits it froze just now."""

    TYPE = "ledger.broken"
    TOPIC = TOPIC_TRANSACTION

    verification_id: str
    actor_id: str
    invariants: list[str]
    violations: int
    wallet_ids: list[str]
