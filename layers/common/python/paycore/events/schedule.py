"""Events about scheduled transfers. Amounts in minor units."""

from dataclasses import dataclass

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True, kw_only=True)
class ScheduleFailed(EventData):
    """A transfer that was due was refused and will not be tried again. `occurrence` counts from 1.

    `failure_code` is the code of the refusal; a transaction that failed has its own event beside this one.
    """

    TYPE = "schedule.failed"
    TOPIC = TOPIC_TRANSACTION

    schedule_id: str
    owner_id: str
    occurrence: int
    due_at: str
    amount: int
    currency: str
    failure_code: str
