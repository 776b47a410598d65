"""The catalog and the handlers on disk are the same list, and each entry is what the template has."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from cdk.catalog import FUNCTIONS
from cdk.specs import LAYERS, Consumer, FunctionSpec, Schedule
from paycore.events.envelope import TOPICS
from tests.infrastructure.conftest import ROOT, Synthesized

# Read by Powertools, not by us.
POWERTOOLS = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_LOG_LEVEL", "POWERTOOLS_METRICS_NAMESPACE"}


def name_of(spec: FunctionSpec) -> str:
    return spec.name


def handler_file(spec: FunctionSpec) -> Path:
    return Path("functions") / spec.service / f"{spec.file}.py"


class TestCatalog:
    def test_equals_the_handlers_on_disk(self) -> None:
        declared = {str(handler_file(spec)) for spec in FUNCTIONS}
        found = {str(path.relative_to(ROOT)) for path in ROOT.glob("functions/*/*_handler.py")}
        missing, undeclared = sorted(declared - found), sorted(found - declared)
        assert not missing, f"in the catalog, but not on disk: {missing}"
        assert not undeclared, f"on disk, but not in the catalog: {undeclared}"

    def test_names_each_function_once(self) -> None:
        assert len({spec.name for spec in FUNCTIONS}) == len(FUNCTIONS)

    def test_every_layer_has_requirements_and_a_user(self) -> None:
        shared = {path.parent.name for path in ROOT.glob("layers/*/requirements.txt")}
        own = {path.parent.name for path in ROOT.glob("functions/*/requirements.txt")}
        assert set(LAYERS) == shared | own
        assert set(LAYERS) == {layer for spec in FUNCTIONS for layer in spec.layers}

    @pytest.mark.parametrize("spec", FUNCTIONS, ids=name_of)
    def test_a_function_has_the_variables_of_its_settings(self, spec: FunctionSpec, stage: Synthesized) -> None:
        fields = {field.name.upper() for kind in spec.settings for field in dataclasses.fields(kind)}
        variables = properties_of(spec, stage)["Environment"]["Variables"]
        assert set(variables) == fields | POWERTOOLS

    @pytest.mark.parametrize("spec", FUNCTIONS, ids=name_of)
    def test_a_function_is_as_large_as_the_catalog_says(self, spec: FunctionSpec, stage: Synthesized) -> None:
        properties = properties_of(spec, stage)
        assert properties["Handler"] == spec.handler
        assert (properties["Runtime"], properties["Architectures"]) == ("python3.13", ["arm64"])
        assert (properties["Timeout"], properties["MemorySize"]) == (spec.timeout_seconds, spec.memory_mb)
        assert len(properties["Layers"]) == len(spec.layers)
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert ("VpcConfig" in properties) == spec.in_vpc


class TestTriggers:
    def test_each_consumer_reads_its_topics_in_groups_of_its_own(self, stage: Synthesized) -> None:
        mappings = stage.properties("AWS::Lambda::EventSourceMapping")
        groups = {each["AmazonManagedKafkaEventSourceConfig"]["ConsumerGroupId"]: each["Topics"] for each in mappings}
        consumers = [(spec, spec.trigger) for spec in FUNCTIONS if isinstance(spec.trigger, Consumer)]
        assert groups == {f"paycore-{spec.service}-{topic}": [topic] for spec, own in consumers for topic in own.topics}
        assert len(mappings) == len(groups)

    def test_every_topic_of_the_catalog_is_declared(self, stage: Synthesized) -> None:
        declared = {each["TopicName"]: each["PartitionCount"] for each in stage.properties("AWS::MSK::Topic")}
        used = {topic for spec in FUNCTIONS for topic in spec.publishes} | set(TOPICS)
        assert declared == dict.fromkeys(used, 3)

    def test_schedules_run_as_often_as_the_catalog_says(self, stage: Synthesized) -> None:
        rules = {each["Name"]: each for each in stage.properties("AWS::Events::Rule")}
        schedules = [spec.trigger for spec in FUNCTIONS if isinstance(spec.trigger, Schedule)]
        assert {name: rule["ScheduleExpression"] for name, rule in rules.items()} == {
            f"paycore-{stage.stage}-{each.name}": rate(each.minutes) for each in schedules
        }

    def test_the_migration_comes_before_every_other_function(self, stage: Synthesized) -> None:
        template = stage.templates["services"]["Resources"]
        for resource in template.values():
            properties: dict[str, Any] = resource.get("Properties", {})
            name = properties.get("FunctionName")
            if resource["Type"] == "AWS::Lambda::Function" and isinstance(name, str):
                waits = "Migration" in resource["DependsOn"]
                assert waits == (name != f"paycore-{stage.stage}-migrate-migrate")


def rate(minutes: int) -> str:
    """As EventBridge says it: in whole hours where it can."""
    if minutes == 60:
        return "rate(1 hour)"
    return f"rate({minutes} minute{'s' * (minutes > 1)})"


def properties_of(spec: FunctionSpec, stage: Synthesized) -> dict[str, Any]:
    return stage.functions()[spec.function_name(stage.stage)]
