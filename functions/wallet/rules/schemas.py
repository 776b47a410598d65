"""Bodies of balance rules. Amounts in minor units."""

from typing import Literal

from pydantic import BaseModel, Field

from paycore.fields import StrictModel
from paycore.money import AMOUNT_MINOR_MAX

Kind = Literal["available", "posted"]
Op = Literal["below", "above"]


class AddBalanceRule(StrictModel):
    """Watches the posted or the available balance: an event each time it comes below, or above, the value."""

    kind: Kind
    op: Op
    value: int = Field(ge=-AMOUNT_MINOR_MAX, le=AMOUNT_MINOR_MAX, description="Minor units of the wallet's currency")


class BalanceRuleBody(BaseModel):
    """A rule. `crossed`: the balance is beyond the value, or has not come back by 1 % of it since."""

    object: Literal["balance_rule"]
    id: str
    wallet_id: str
    kind: Kind
    op: Op
    value: int
    crossed: bool
    created_at: str
    updated_at: str


class BalanceRuleList(BaseModel):
    """All rules of a wallet, newest first."""

    object: Literal["list"]
    data: list[BalanceRuleBody]
    has_more: bool
    next_cursor: str | None
