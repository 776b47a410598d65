"""Events about scheduled transfers. Amounts in minor units; whom one pays stands in the schedule alone."""

from dataclasses import dataclass
from typing import Literal

from paycore.events.envelope import TOPIC_TRANSACTION, EventData


@dataclass(frozen=True, kw_only=True)
class OfSchedule(EventData):
    """What all acts on a schedule tell. Not an event itself. `key_id`: the API key that was used, if one was."""

    TOPIC = TOPIC_TRANSACTION

    schedule_id: str
    owner_id: str
    amount: int
    currency: str
    key_id: str | None


@dataclass(frozen=True, kw_only=True)
class ScheduleCreated(OfSchedule):
    """A transfer was scheduled: at `execute_at` first; `every` day, week or month, until an instant or `count` times.

    Without `every` it is made once.
    """

    TYPE = "schedule.created"

    execute_at: str
    every: str | None
    until: str | None
    count: int | None


@dataclass(frozen=True, kw_only=True)
class SchedulePaused(OfSchedule):
    """A schedule stops for a while: what is due meanwhile is skipped."""

    TYPE = "schedule.paused"


@dataclass(frozen=True, kw_only=True)
class ScheduleResumed(OfSchedule):
    """A paused schedule goes on at `next_at`; null: nothing was left of it, so it is completed.

    What was due before the pause and has not run is late: then that is `next_at`.
    """

    TYPE = "schedule.resumed"

    next_at: str | None


@dataclass(frozen=True, kw_only=True)
class ScheduleCanceled(OfSchedule):
    """A schedule has ended for good: by its owner, or with the API key `key_id` that had made it."""

    TYPE = "schedule.canceled"

    reason: Literal["owner", "key_revoked"]


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
