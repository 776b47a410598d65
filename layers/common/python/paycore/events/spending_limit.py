"""Events about what roles may spend. Amounts in minor units."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True, kw_only=True)
class StepUpLimitChanged(EventData):
    """An admin set what goes without the second factor in a currency; null: the limit that all currencies have."""

    TYPE = "step_up_limit.updated"
    TOPIC = TOPIC_TRANSACTION

    currency: str
    above: int | None
    actor_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SpendingLimitChanged(EventData):
    """An admin set the limits of a role in a currency, or removed them; null does not limit."""

    TYPE = "spending_limit.updated"
    TOPIC = TOPIC_TRANSACTION

    role: str
    currency: str
    actor_id: str
    reason: str
    removed: bool
    per_transaction: int | None = None
    per_day: int | None = None
    per_month: int | None = None
    count_per_hour: int | None = None
