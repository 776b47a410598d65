"""Schedules: what an expression means, and which functions the rules start when."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.invoke_client import CallFailed
from local.schedule import BadSchedule, read_schedule
from local.scheduler import fire_due, rules_of
from tests.local_system import function, small_template

NOW = datetime(2026, 11, 24, 10, 15, 30, tzinfo=UTC)  # a Tuesday


class TestAfter:
    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            ("rate(1 minute)", "2026-11-24 10:16:30"),
            ("rate(5 minutes)", "2026-11-24 10:20:30"),
            ("rate(2 hours)", "2026-11-24 12:15:30"),
            ("rate(1 day)", "2026-11-25 10:15:30"),
            ("cron(* * * * ? *)", "2026-11-24 10:16:00"),
            ("cron(0/15 * * * ? *)", "2026-11-24 10:30:00"),
            ("cron(0 12 * * ? *)", "2026-11-24 12:00:00"),
            ("cron(0 9 * * ? *)", "2026-11-25 09:00:00"),
            ("cron(0 0 1 * ? *)", "2026-12-01 00:00:00"),
            ("cron(30 8 ? * MON-FRI *)", "2026-11-25 08:30:00"),
            ("cron(0 0 ? * SUN *)", "2026-11-29 00:00:00"),
            ("cron(0 0 ? * 7 *)", "2026-11-28 00:00:00"),
            ("cron(0 0 29 FEB ? *)", "2028-02-29 00:00:00"),
            ("cron(15,45 10 * * ? *)", "2026-11-24 10:45:00"),
            ("cron(0 0 1 1 ? 2030)", "2030-01-01 00:00:00"),
        ],
    )
    def test_is_the_next_moment(self, expression: str, expected: str) -> None:
        assert str(read_schedule(expression).after(NOW)) == f"{expected}+00:00"

    @pytest.mark.parametrize(
        "expression",
        ["", "rate(1 second)", "rate(x minutes)", "cron(* * * *)", "cron(60 * * * ? *)", "cron(0 0 L * ? *)"],
    )
    def test_refuses(self, expression: str) -> None:
        with pytest.raises(BadSchedule):
            read_schedule(expression)

    def test_refuses_what_never_comes(self) -> None:
        with pytest.raises(BadSchedule):
            read_schedule("cron(0 0 30 2 ? *)").after(NOW)


class Gateway:
    """Takes the calls, or does not."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.calls: list[tuple[str, Any]] = []

    def hand_over(self, name: str, payload: bytes) -> None:
        if self.away:
            raise CallFailed("not there")
        self.calls.append((name, json.loads(payload)))


def rules(**properties: Any) -> Any:
    target = {"Arn": {"Fn::GetAtt": ["relay", "Arn"]}, "Id": "T"} | properties.pop("target", {})
    fields = {"Name": "r", "ScheduleExpression": "rate(1 minute)", "Targets": [target], **properties}
    relay = function("small-relay", "outbox.relay_handler.handler")
    return rules_of(small_template({"relay": relay, "R": {"Type": "AWS::Events::Rule", "Properties": fields}}), NOW)


class TestFireDue:
    def test_fires_at_the_start_and_then_when_due(self) -> None:
        found, gateway = rules(), Gateway()
        for seconds in (0, 30, 60, 61, 120):
            assert fire_due(found, gateway, NOW + timedelta(seconds=seconds))  # type: ignore[arg-type]
        assert [name for name, _ in gateway.calls] == ["small-relay"] * 3

    def test_the_event_is_eventbridge_s(self) -> None:
        gateway = Gateway()
        fire_due(rules(), gateway, NOW)  # type: ignore[arg-type]
        ((_, event),) = gateway.calls
        assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
        assert event["time"] == "2026-11-24T10:15:30Z"
        assert event["resources"][0].endswith(":rule/r")

    def test_a_constant_input_goes_instead(self) -> None:
        gateway = Gateway()
        fire_due(rules(target={"Input": '{"a":1}'}), gateway, NOW)  # type: ignore[arg-type]
        assert gateway.calls == [("small-relay", {"a": 1})]

    def test_is_tried_again_while_the_gateway_is_away(self) -> None:
        found, gateway = rules(), Gateway(away=True)
        assert not fire_due(found, gateway, NOW)  # type: ignore[arg-type]
        gateway.away = False
        assert fire_due(found, gateway, NOW + timedelta(seconds=2))  # type: ignore[arg-type]
        assert len(gateway.calls) == 1

    def test_missed_periods_are_made_up_for_once(self) -> None:
        found, gateway = rules(), Gateway()
        fire_due(found, gateway, NOW)  # type: ignore[arg-type]
        late = NOW + timedelta(hours=3)
        fire_due(found, gateway, late)  # type: ignore[arg-type]
        fire_due(found, gateway, late + timedelta(seconds=1))  # type: ignore[arg-type]
        assert len(gateway.calls) == 2


class TestRulesOf:
    def test_leaves_out_disabled_rules(self) -> None:
        assert rules(State="DISABLED") == []

    def test_refuses_a_target_it_would_treat_differently(self) -> None:
        with pytest.raises(ValueError, match="InputTransformer"):
            rules(target={"InputTransformer": {}})
