"""Whatever can fail rings, and whoever is called has a page to read."""

from typing import Any

import pytest

from cdk.alarms import FUNCTION_ALARMS
from cdk.catalog import FUNCTIONS
from paycore.metric_names import OUTBOX_OLDEST_AGE
from tests.infrastructure.conftest import ROOT, Synthesized

RUNBOOKS = ROOT / "docs" / "runbooks"


@pytest.fixture
def alarms(stage: Synthesized) -> dict[str, dict[str, Any]]:
    """The properties of each alarm by its name."""
    return {each["AlarmName"]: each for each in stage.properties("AWS::CloudWatch::Alarm")}


def runbook_of(alarm: dict[str, Any]) -> str:
    """The file that the alarm's description ends with."""
    return str(alarm["AlarmDescription"]).rpartition(" See ")[2].rstrip(".")


def dimensions_of(alarm: dict[str, Any]) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


class TestAlarms:
    def test_every_function_has_its_own(self, stage: Synthesized, alarms: dict[str, dict[str, Any]]) -> None:
        for spec in FUNCTIONS:
            name = spec.function_name(stage.stage)
            for alarm in FUNCTION_ALARMS:
                found = alarms[f"{name}-{alarm.name}"]
                assert (found["Namespace"], found["MetricName"]) == ("AWS/Lambda", alarm.metric)
                assert dimensions_of(found) == {"FunctionName": name}

    def test_a_bug_that_an_api_function_answers_rings(
        self, stage: Synthesized, alarms: dict[str, dict[str, Any]]
    ) -> None:
        (api,) = stage.properties("AWS::ApiGateway::RestApi")
        alarm = alarms[f"paycore-{stage.stage}-api-errors"]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "5XXError")
        assert dimensions_of(alarm) == {"ApiName": api["Name"]}
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (0, "GreaterThanThreshold")

    def test_an_outbox_that_waits_or_is_silent_rings(
        self, stage: Synthesized, alarms: dict[str, dict[str, Any]]
    ) -> None:
        variables = stage.functions()[f"paycore-{stage.stage}-outbox-relay"]["Environment"]["Variables"]
        alarm = alarms[f"paycore-{stage.stage}-outbox-age"]
        assert alarm["MetricName"] == OUTBOX_OLDEST_AGE
        assert alarm["Namespace"] == variables["POWERTOOLS_METRICS_NAMESPACE"]
        assert dimensions_of(alarm) == {"service": variables["POWERTOOLS_SERVICE_NAME"]}
        assert alarm["TreatMissingData"] == "breaching"

    def test_a_stage_s_own_metrics_are_its_own(self, stages: dict[str, Synthesized]) -> None:
        namespaces = {
            function["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]
            for stage in stages.values()
            for function in stage.functions().values()
        }
        assert len(namespaces) == len(stages)

    def test_each_calls_somebody(self, alarms: dict[str, dict[str, Any]]) -> None:
        for name, alarm in alarms.items():
            assert alarm["AlarmActions"], name

    def test_each_has_a_runbook_and_each_runbook_an_alarm(self, alarms: dict[str, dict[str, Any]]) -> None:
        named = {runbook_of(alarm) for alarm in alarms.values()}
        assert named == {str(path.relative_to(ROOT)) for path in RUNBOOKS.iterdir()}


class TestWhoMayRing:
    def test_is_cloudwatch_for_this_account_alone(self, stage: Synthesized) -> None:
        (topic,) = stage.properties("AWS::SNS::TopicPolicy")
        documents = [topic["PolicyDocument"], *(key["KeyPolicy"] for key in stage.properties("AWS::KMS::Key"))]
        found = [
            statement
            for document in documents
            for statement in document["Statement"]
            if statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        ]
        assert len(found) == 2
        for statement in found:
            assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
