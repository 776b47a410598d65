"""The Kafka cluster follows its declaration: its configuration, its brokers' addresses, what it measures."""

import json
from typing import Any

import pytest

from tests.infrastructure.conftest import Synthesized


def look_up(stage: Synthesized) -> dict[str, Any]:
    """The call that asks MSK for the brokers' addresses."""
    (resource,) = stage.properties("Custom::AWS")
    return dict(resource)


class TestEventLog:
    def test_runs_the_newest_revision_of_its_configuration(self, stage: Synthesized) -> None:
        (cluster,) = stage.properties("AWS::MSK::Cluster")
        information = cluster["ConfigurationInfo"]
        assert information["Revision"]["Fn::GetAtt"] == [information["Arn"]["Fn::GetAtt"][0], "LatestRevision.Revision"]

    @pytest.mark.parametrize("event", ["Create", "Update"])
    def test_addresses_are_asked_for_again_when_brokers_are_added(self, event: str, stage: Synthesized) -> None:
        """CloudFormation calls a custom resource again only when its properties changed."""
        (cluster,) = stage.properties("AWS::MSK::Cluster")
        call = json.dumps(look_up(stage)[event])
        assert f"paycore-{stage.stage}-{cluster['NumberOfBrokerNodes']}" in call

    def test_measures_topics_only_where_the_stage_pays_for_it(self, stages: dict[str, Synthesized]) -> None:
        levels = {}
        for name, stage in stages.items():
            (cluster,) = stage.properties("AWS::MSK::Cluster")
            levels[name] = cluster["EnhancedMonitoring"]
        assert levels == {"dev": "DEFAULT", "staging": "PER_TOPIC_PER_BROKER", "prod": "PER_TOPIC_PER_BROKER"}
