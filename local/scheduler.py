"""`python -m local.scheduler`: EventBridge - starts the functions of the template's rules when they are due.

Each rule also fires once at the start, so that a fresh system does not wait for its first minute. A start is handed
over as an asynchronous call: what runs long is not started twice at once beyond what Lambda itself would do.
"""

import json
import signal
import sys
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local.configuration import load
from local.invoke_client import CallFailed, InvokeClient
from local.schedule import Schedule, read_schedule
from local.template import ACCOUNT, REGION, Resource, Template, load_template

RETRY = timedelta(seconds=2)  # while the gateway is not there


@dataclass
class Rule:
    """One rule with one of its targets, and when it is due."""

    name: str
    function: str
    schedule: Schedule
    constant_input: str | None
    due: datetime

    def event(self, now: datetime) -> bytes:
        """EventBridge's scheduled event, or the target's constant input."""
        if self.constant_input is not None:
            return self.constant_input.encode()
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": ACCOUNT,
            "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "region": REGION,
            "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{self.name}"],
            "detail": {},
        }
        return json.dumps(event).encode()


def rules_of(template: Template, now: datetime) -> list[Rule]:
    """The enabled schedules of the template, all due now; raises for a target that is not a function."""
    resources = template.of_kind("AWS::Events::Rule")
    return [
        _rule(template, resource, target, now)
        for resource in resources
        if resource.properties.get("State", "ENABLED") == "ENABLED" and "ScheduleExpression" in resource.properties
        for target in resource.properties["Targets"]
    ]


def _rule(template: Template, resource: Resource, target: dict[str, object], now: datetime) -> Rule:
    if unknown := target.keys() - {"Arn", "Id", "Input", "RetryPolicy", "DeadLetterConfig"}:
        raise ValueError(f"{resource.logical_id}: a target with {', '.join(sorted(unknown))} is not supported")
    function = template.the(resource.stack, target["Arn"], "AWS::Lambda::Function")
    constant = target.get("Input")
    return Rule(
        name=str(template.value(resource.stack, resource.properties.get("Name", resource.logical_id))),
        function=str(template.value(function.stack, function.properties["FunctionName"])),
        schedule=read_schedule(resource.properties["ScheduleExpression"]),
        constant_input=None if constant is None else str(template.value(resource.stack, constant)),
        due=now,
    )


def fire_due(rules: list[Rule], client: InvokeClient, now: datetime) -> bool:
    """Hands over what is due and plans it anew; False if the gateway did not take one."""
    taken = True
    for rule in rules:
        if rule.due > now:
            continue
        try:
            client.hand_over(rule.function, rule.event(now))
            # From the time it was due, so that no drift adds up; what was missed is made up for once.
            following = rule.schedule.after(rule.due)
            rule.due = following if following > now else rule.schedule.after(now)
        except CallFailed as error:
            print(f"{rule.name} is tried again: {error}", file=sys.stderr, flush=True)
            rule.due, taken = now + RETRY, False
    return taken


def run(rules: list[Rule], client: InvokeClient, ready: Path, stopped: threading.Event) -> None:
    """Fires until it is told to stop; ready once every rule has fired."""
    while not stopped.is_set():
        if fire_due(rules, client, datetime.now(UTC)) and not ready.exists():
            ready.touch()
        next_due = min((rule.due for rule in rules), default=datetime.now(UTC) + timedelta(hours=1))
        stopped.wait(max((next_due - datetime.now(UTC)).total_seconds(), 0))
    ready.unlink(missing_ok=True)


def main() -> None:
    """Reads the rules and runs them."""
    configuration = load()
    ready = configuration.ready_file("scheduler")
    ready.unlink(missing_ok=True)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    rules = rules_of(load_template(configuration), datetime.now(UTC))
    run(rules, InvokeClient(configuration), ready, stopped)


if __name__ == "__main__":
    main()
