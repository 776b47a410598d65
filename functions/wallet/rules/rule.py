"""When a balance crosses the value of a rule, and when it may cross it again."""

from dataclasses import dataclass

# Of the value: so far a balance must come back before it can cross again, or one that trembles around the value would
# be announced with every movement.
REARM_PERCENT = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """`op` is below or above; `value` in minor units; `crossed`: whether it stood beyond the value when last seen."""

    op: str
    value: int
    crossed: bool = False

    def crossed_at(self, balance: int) -> bool:
        """Whether it counts as crossed now; an event is due where it did not before."""
        beyond = self.value - balance if self.op == "below" else balance - self.value
        if beyond > 0:
            return True
        margin = abs(self.value) * REARM_PERCENT // 100
        return self.crossed and -beyond < margin
