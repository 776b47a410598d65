"""Bodies of the step-up limits. Amounts in minor units of the limit's currency."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from paycore.fields import FreeText, StrictModel
from paycore.money import AMOUNT_MINOR_MAX


class SetStepUpLimit(StrictModel):
    """Above `above` a request needs the second factor; 0: every one does."""

    above: Annotated[int, Field(ge=0, le=AMOUNT_MINOR_MAX)]
    reason: FreeText


class StepUpLimitBody(BaseModel):
    """What one request may move in a currency without the second factor."""

    object: Literal["step_up_limit"]
    currency: str
    above: int


class StepUpLimitList(BaseModel):
    """What admins have set. In every other currency 1,000,000 minor units go without."""

    object: Literal["list"]
    data: list[StepUpLimitBody]
    has_more: Literal[False]
    next_cursor: None
