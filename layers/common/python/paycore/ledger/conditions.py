"""What a payer wants to be true of the wallet that pays, after the movement: else nothing moves."""

from dataclasses import dataclass
from typing import Any, Literal

BalanceKind = Literal["available", "posted"]
ConditionOp = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class BalanceCondition:
    """The balance is then at least, or at most, `value` minor units; negative is within the credit limit."""

    kind: BalanceKind
    op: ConditionOp
    value: int

    def body(self) -> dict[str, Any]:
        """The JSON form."""
        return {"kind": self.kind, "op": self.op, "value": self.value}
