"""Bodies of the spending limits. Amounts in minor units of the limit's currency."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from paycore.fields import AmountMinor, FreeText, StrictModel
from paycore.ledger.commands import LimitGroup


class SetLimits(StrictModel):
    """The limits of a role in a currency; one that is left out or null does not limit."""

    per_transaction: AmountMinor | None = None
    per_day: AmountMinor | None = None
    per_month: AmountMinor | None = None
    count_per_hour: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    reason: FreeText

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if (self.per_transaction, self.per_day, self.per_month, self.count_per_hour) == (None,) * 4:
            raise PydanticCustomError("no_limit", "Set a limit, or delete what there is.")
        return self


class SpendingLimitBody(BaseModel):
    """What a role may spend in a currency: per UTC day and month, and how often in an hour.

    `unverified` is who is not verified, in any role: of their role's limits and these each lower one holds.
    """

    object: Literal["spending_limit"]
    role: LimitGroup
    currency: str
    per_transaction: int | None
    per_day: int | None
    per_month: int | None
    count_per_hour: int | None


class SpendingLimitList(BaseModel):
    """All limits: a role has at most one in each currency."""

    object: Literal["list"]
    data: list[SpendingLimitBody]
    has_more: Literal[False]
    next_cursor: None
