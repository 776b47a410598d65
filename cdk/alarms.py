"""The alarms: what is watched, when it rings, and which runbook says what to do."""

from dataclasses import dataclass

from cdk.specs import FunctionSpec


@dataclass(frozen=True)
class AlarmSpec:
    """An alarm of every function: rings when `metric` passes `threshold` in each of `periods`."""

    name: str
    metric: str
    statistic: str
    threshold: float
    period_minutes: int
    periods: int
    means: str

    @property
    def runbook(self) -> str:
        """Where the person who is called reads on."""
        return f"docs/runbooks/{self.name}.md"

    def title(self, stage: str, function: FunctionSpec) -> str:
        """The alarm's name on AWS: `paycore-dev-wallet-api-function-errors`."""
        return f"{function.function_name(stage)}-{self.name}"


FUNCTION_ALARMS = (
    AlarmSpec(
        name="function-errors",
        metric="Errors",
        statistic="Sum",
        # Refusals are answers, not errors: a single error is a bug, a time-out or a dependency that is down.
        threshold=0,
        period_minutes=1,
        periods=3,
        means="The function raised, timed out or could not start, three minutes in a row.",
    ),
)
