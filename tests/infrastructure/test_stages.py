"""Every stage synthesizes, stays within CloudFormation's limits and differs where it says it does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App

from cdk.application import build
from tests.infrastructure.conftest import STACKS, Synthesized, synthesize

# CloudFormation's limit on the resources of a stack.
RESOURCES_MAX = 500


class TestStages:
    def test_each_has_four_stacks_within_the_limit(self, stage: Synthesized) -> None:
        counts = {stack: len(stage.templates[stack]["Resources"]) for stack in STACKS}
        assert max(counts.values()) < RESOURCES_MAX, counts

    def test_have_no_lint_errors(self, stages: dict[str, Synthesized], tmp_path: Path) -> None:
        files: list[str] = []
        for name, stage in stages.items():
            for stack in STACKS:
                file = tmp_path / f"paycore-{name}-{stack}.template.json"
                file.write_text(json.dumps(stage.templates[stack]))
                files.append(str(file))
        command = [str(Path(sys.executable).parent / "cfn-lint"), "--non-zero-exit-code", "error", "-t", *files]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout

    def test_an_unknown_one_is_refused(self) -> None:
        with pytest.raises(KeyError):
            build(App(), "production")


class TestDomain:
    def test_without_one_a_stage_synthesizes_and_cannot_be_deployed(self, stage: Synthesized) -> None:
        """The rule stands in the first stack, so nothing is created."""
        (assertion,) = stage.templates["network"]["Rules"]["OwnDomain"]["Assertions"]
        assert "DOMAIN=" in assertion["AssertDescription"]
        left, right = assertion["Assert"]["Fn::Equals"]
        assert left != right

    def test_of_the_deployment_is_in_tokens_mails_pages_and_alarms(self, tmp_path: Path) -> None:
        prod = synthesize("prod", tmp_path, "pay.test.org")
        assert "OwnDomain" not in prod.templates["network"]["Rules"]
        variables = {
            name: value
            for each in prod.functions().values()
            for name, value in each["Environment"]["Variables"].items()
        }
        assert variables["TOKEN_ISSUER"] == "https://pay.test.org"
        assert variables["MAIL_SENDER"] == "no-reply@pay.test.org"
        assert variables["CORS_ORIGINS"] == "https://app.pay.test.org"
        (subscription,) = prod.properties("AWS::SNS::Subscription")
        assert subscription["Endpoint"] == "operations@pay.test.org"
        assert "paycore.example" not in json.dumps(prod.templates)


class TestProd:
    def test_survives_the_loss_of_a_zone(self, stages: dict[str, Synthesized]) -> None:
        prod = stages["prod"]
        (database,) = prod.properties("AWS::RDS::DBInstance")
        (cache,) = prod.properties("AWS::ElastiCache::ReplicationGroup")
        (events,) = prod.properties("AWS::MSK::Cluster")
        assert database["MultiAZ"] is True
        assert cache["AutomaticFailoverEnabled"] is True
        assert len(events["BrokerNodeGroupInfo"]["ClientSubnets"]) == 3
        assert len(prod.resources("AWS::DocDB::DBInstance")) == 3
        assert len(prod.resources("AWS::EC2::NatGateway")) == 3

    def test_keeps_every_api_function_warm(self, stages: dict[str, Synthesized]) -> None:
        targets = stages["prod"].properties("AWS::ApplicationAutoScaling::ScalableTarget")
        assert {(each["MinCapacity"], each["MaxCapacity"]) for each in targets} == {(2, 10)}
        policies = stages["prod"].properties("AWS::ApplicationAutoScaling::ScalingPolicy")
        values = {each["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] for each in policies}
        assert values == {0.7}
        aliases = stages["prod"].properties("AWS::Lambda::Alias")
        warm = [each["ProvisionedConcurrencyConfig"]["ProvisionedConcurrentExecutions"] for each in aliases]
        assert warm == [2] * len(targets)
        assert not stages["dev"].resources("AWS::ApplicationAutoScaling::ScalableTarget")

    def test_sets_executions_aside_for_what_must_not_starve(self, stages: dict[str, Synthesized]) -> None:
        """A flood of requests may take every other execution of the account."""

        def reserved(stage: str) -> dict[str, int]:
            functions = stages[stage].functions()
            wanted = "ReservedConcurrentExecutions"
            return {name.split("-", 2)[2]: each[wanted] for name, each in functions.items() if wanted in each}

        consumers = {
            "notification-events": 12,
            "audit-events": 12,
            "transaction-claim_events": 6,
            "wallet-events": 6,
        }
        assert reserved("prod") == {"outbox-relay": 2, **consumers}
        assert reserved("dev") == {}

    def test_backs_up_into_a_vault(self, stages: dict[str, Synthesized]) -> None:
        assert stages["prod"].resources("AWS::Backup::BackupPlan")
        assert not stages["dev"].resources("AWS::Backup::BackupPlan")

    @pytest.mark.parametrize(("name", "days"), [("dev", 7), ("prod", 35)])
    def test_point_in_time_recovery_reaches_back(self, name: str, days: int, stages: dict[str, Synthesized]) -> None:
        (database,) = stages[name].properties("AWS::RDS::DBInstance")
        (documents,) = stages[name].properties("AWS::DocDB::DBCluster")
        assert database["BackupRetentionPeriod"] == documents["BackupRetentionPeriod"] == days
