"""The EventBridge rule that starts a function at a fixed rate."""

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

from cdk.parts.payment_function import PaymentFunction
from cdk.parts.surroundings import Surroundings
from cdk.specs import Schedule


def connect_schedule(function: PaymentFunction, trigger: Schedule, around: Surroundings) -> None:
    """Starts the function every so many minutes; the next start makes up for a missed one."""
    period = Duration.minutes(trigger.minutes)
    events.Rule(
        function,
        "Schedule",
        rule_name=f"paycore-{around.config.name}-{trigger.name}",
        description=f"Starts {function.spec.name}",
        schedule=events.Schedule.rate(period),
        targets=[targets.LambdaFunction(function.function, retry_attempts=0, max_event_age=period)],
    )
