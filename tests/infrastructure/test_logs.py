"""Whatever writes a log writes it to a group that is declared, and so is kept for a time and not for ever."""

import json
from collections.abc import Iterator
from typing import Any

from tests.infrastructure.conftest import Synthesized

DAYS = {"dev": 14, "staging": 30, "prod": 365}


def groups(stage: Synthesized) -> dict[str, str]:
    """The name of every declared group by its logical id; without a name of ours the id itself."""
    return {
        name.partition("/")[2]: json.dumps(resource["Properties"].get("LogGroupName", name))
        for name, resource in stage.resources("AWS::Logs::LogGroup").items()
    }


def referenced(stage: Synthesized) -> Iterator[tuple[str, Any]]:
    """What writes to a group that it names by a reference."""
    for name, function in stage.resources("AWS::Lambda::Function").items():
        yield name, function["Properties"].get("LoggingConfig", {}).get("LogGroup")
    for name, log in stage.resources("AWS::EC2::FlowLog").items():
        yield name, log["Properties"].get("LogGroupName")
    for name, cluster in stage.resources("AWS::MSK::Cluster").items():
        yield name, cluster["Properties"]["LoggingInfo"]["BrokerLogs"]["CloudWatchLogs"]["LogGroup"]
    for name, api in stage.resources("AWS::ApiGateway::Stage").items():
        yield name, {"Ref": api["Properties"]["AccessLogSetting"]["DestinationArn"]["Fn::GetAtt"][0]}


def named(stage: Synthesized) -> Iterator[tuple[dict[str, Any], str]]:
    """What writes to a group whose name AWS makes from the writer's."""
    for database in stage.resources("AWS::RDS::DBInstance").values():
        properties = database["Properties"]
        for export in properties["EnableCloudwatchLogsExports"]:
            yield database, f"/aws/rds/instance/{properties['DBInstanceIdentifier']}/{export}"
    for proxy in stage.resources("AWS::RDS::DBProxy").values():
        yield proxy, f"/aws/rds/proxy/{proxy['Properties']['DBProxyName']}"
    for documents in stage.resources("AWS::DocDB::DBCluster").values():
        properties = documents["Properties"]
        for export in properties["EnableCloudwatchLogsExports"]:
            yield documents, f"/aws/docdb/{properties['DBClusterIdentifier']}/{export}"
    for api in stage.resources("AWS::ApiGateway::Stage").values():
        properties = api["Properties"]
        name = ["API-Gateway-Execution-Logs_", properties["RestApiId"], f"/{properties['StageName']}"]
        yield api, json.dumps({"Fn::Join": ["", name]})


class TestLogs:
    def test_are_kept_as_long_as_the_stage_says(self, stage: Synthesized) -> None:
        for name, group in stage.resources("AWS::Logs::LogGroup").items():
            assert group["Properties"]["RetentionInDays"] == DAYS[stage.stage], name

    def test_hold_nothing_that_a_caller_wrote(self, stage: Synthesized) -> None:
        """Path, query and User-Agent may hold an address or a token, and a trace of the gateway's has the first two."""
        (api,) = stage.properties("AWS::ApiGateway::Stage")
        assert api["TracingEnabled"] is False
        line = api["AccessLogSetting"]["Format"]
        written = ("$context.path", "$context.requestId", "$context.identity.userAgent", "$context.error.message")
        assert not [name for name in written if f'"{name}"' in line]

    def test_go_to_declared_groups(self, stage: Synthesized) -> None:
        declared = groups(stage)
        for writer, group in referenced(stage):
            assert group, writer
            assert group["Ref"] in declared, writer

    def test_find_their_group_when_the_writer_is_made(self, stage: Synthesized) -> None:
        """A group that the writer had to make itself is kept for ever, and then in the way of ours."""
        by_name = {name.strip('"'): logical_id for logical_id, name in groups(stage).items()}
        for writer, name in named(stage):
            assert name in by_name, name
            assert by_name[name] in writer["DependsOn"], name
