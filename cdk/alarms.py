"""The alarms: what is watched, when it rings, and which runbook says what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cdk.catalog import FUNCTIONS
from cdk.stage_config import StageConfig
from paycore.metric_names import LEDGER_VIOLATIONS, MONTHS_WITHOUT_PARTITION, OUTBOX_OLDEST_AGE


@dataclass(frozen=True)
class AlarmSpec:
    """An alarm: rings when `metric` is above `threshold` in each of `periods`.

    With `silence_rings` a period without any data counts as one above it.
    """

    name: str
    metric: str
    statistic: str
    threshold: float
    period_minutes: int
    periods: int
    means: str
    silence_rings: bool = False

    @property
    def runbook(self) -> str:
        """Where the person who is called reads on."""
        return f"docs/runbooks/{self.name}.md"


@dataclass(frozen=True)
class Watch:
    """One alarm on one thing: its name on AWS (`paycore-dev-wallet-api-function-errors`) and whose metric it is."""

    alarm: AlarmSpec
    title: str
    namespace: str
    dimensions: Mapping[str, str]


FUNCTION_ALARMS = (
    AlarmSpec(
        name="function-errors",
        metric="Errors",
        statistic="Sum",
        # Refusals are answers, not errors, and so is the 500 of an API function with a bug, which API_ERRORS counts.
        threshold=0,
        period_minutes=1,
        periods=3,
        means="The function raised, timed out or could not start, three minutes in a row.",
    ),
)

API_ERRORS = AlarmSpec(
    name="api-errors",
    metric="5XXError",
    statistic="Sum",
    # No 5xx is normal: it is a bug, a dependency that is down, or a function that did not answer in time.
    threshold=0,
    period_minutes=5,
    periods=1,
    means="A client got a 5xx within five minutes.",
)

OUTBOX_AGE = AlarmSpec(
    name="outbox-age",
    metric=OUTBOX_OLDEST_AGE,
    statistic="Maximum",
    # Seconds. An event leaves within one; a restarting broker or database may take a minute.
    threshold=120,
    # The relay tells about once a minute; five are enough to miss a run and still have a figure.
    period_minutes=5,
    periods=1,
    means="An event has waited for Kafka for over two minutes, or nobody knows whether one has.",
    silence_rings=True,
)

LEDGER_BROKEN = AlarmSpec(
    name="ledger-broken",
    metric=LEDGER_VIOLATIONS,
    statistic="Maximum",
    # No violation is normal.
    threshold=0,
    # A run every five minutes, and one that takes fifteen at night.
    period_minutes=30,
    periods=1,
    means="Two snapshots of the ledger show that an invariant is broken, or nobody has verified it for half an hour.",
    silence_rings=True,
)

PARTITIONS_AHEAD = AlarmSpec(
    name="partitions-ahead",
    metric=MONTHS_WITHOUT_PARTITION,
    statistic="Maximum",
    # Six months are kept ahead: with less than two, weeks of attempts have failed.
    threshold=0,
    period_minutes=15,
    periods=1,
    means="One of the next two months has no partition for what will be posted in it, or nobody tends the ledger.",
    silence_rings=True,
)


def watches(config: StageConfig) -> Iterator[Watch]:
    """Every alarm of the stage."""
    stage = f"paycore-{config.name}"
    for spec in FUNCTIONS:
        function = spec.function_name(config.name)
        for alarm in FUNCTION_ALARMS:
            yield Watch(alarm, f"{function}-{alarm.name}", "AWS/Lambda", {"FunctionName": function})
    yield Watch(API_ERRORS, f"{stage}-{API_ERRORS.name}", "AWS/ApiGateway", {"ApiName": stage})
    # Powertools adds the service to every metric of ours.
    yield Watch(OUTBOX_AGE, f"{stage}-{OUTBOX_AGE.name}", config.metrics_namespace, {"service": "outbox"})
    for alarm in (LEDGER_BROKEN, PARTITIONS_AHEAD):
        yield Watch(alarm, f"{stage}-{alarm.name}", config.metrics_namespace, {"service": "transaction"})
