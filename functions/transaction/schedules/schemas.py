"""Bodies of the schedules. Amounts in minor units, instants RFC 3339."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from functions.transaction.schedules.recurrence import Every
from functions.transaction.schemas import TransferRequest
from paycore.fields import Instant, StrictModel


class RecurrenceRequest(StrictModel):
    """Again and again: until an instant, which still counts, or a number of times, or until it is canceled."""

    every: Every
    until: Instant | None = None
    count: Annotated[int, Field(ge=1, le=10_000)] | None = None

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if self.until is not None and self.count is not None:
            raise PydanticCustomError("one_end", "Name until or count, not both.")
        return self


class ScheduleRequest(TransferRequest):
    """A transfer to be made at `execute_at`, at least a minute from now, and then as `recurrence` says."""

    execute_at: Instant
    recurrence: RecurrenceRequest | None = None

    @model_validator(mode="after")
    def _repeatable(self) -> Self:
        if self.recurrence is not None and (self.external_id is not None or self.expected_version is not None):
            raise PydanticCustomError("once_only", "external_id and expected_version fit one transfer only.")
        return self


class ChangeSchedule(StrictModel):
    """Nothing to say."""


class RecurrenceBody(BaseModel):
    """How often, and to which end."""

    every: Every
    until: str | None
    count: int | None


class OccurrenceBody(BaseModel):
    """What became of one turn; `skipped` where it fell due while it was paused, or the account was closed."""

    occurrence: int
    due_at: str
    status: Literal["completed", "failed", "skipped"]
    transaction_id: str | None
    failure_code: str | None
    ran_at: str


class ScheduleBody(BaseModel):
    """A scheduled transfer. `transfer`: the body that is sent each time; `occurrences`: the last 20, newest first."""

    object: Literal["schedule"]
    id: str
    created_at: str
    updated_at: str
    status: Literal["active", "paused", "canceled", "completed"]
    transfer: dict[str, Any]
    execute_at: str
    recurrence: RecurrenceBody | None
    next_at: str | None
    next_occurrence: int | None
    occurrences: list[OccurrenceBody]


class ScheduleList(BaseModel):
    """A page of schedules, newest first."""

    object: Literal["list"]
    data: list[ScheduleBody]
    has_more: bool
    next_cursor: str | None
