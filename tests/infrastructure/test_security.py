"""Least privilege, encryption at rest, TLS on the way: properties of every template, for every stage."""

import json
from collections.abc import Iterator
from typing import Any

from tests.infrastructure.conftest import Synthesized

# These know no resource to be named: network interfaces of a function, its traces, and the poller's network.
UNSCOPED_ACTIONS = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ec2:UnassignPrivateIpAddresses",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}

# Of the data stack: what holds nothing and is used by nothing that stays.
GOES_WITH_ITS_STACK = {
    "AWS::Backup::BackupPlan",
    "AWS::Backup::BackupSelection",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Lambda::Function",
    "AWS::RDS::DBProxy",
    "AWS::RDS::DBProxyTargetGroup",
    "AWS::SecretsManager::SecretTargetAttachment",
    "Custom::AWS",
}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(stage: Synthesized) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of an identity policy."""
    for name, resource in stage.resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy").items():
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
            yield name, statement
    for name, resource in stage.resources("AWS::IAM::Role").items():
        for policy in resource["Properties"].get("Policies", []):
            for statement in as_list(policy["PolicyDocument"]["Statement"]):
                yield name, statement


class TestIdentityPolicies:
    def test_name_every_action(self, stage: Synthesized) -> None:
        for name, statement in statements(stage):
            wild = [action for action in as_list(statement["Action"]) if "*" in action]
            assert not wild, (name, wild)

    def test_name_the_resource_wherever_there_is_one(self, stage: Synthesized) -> None:
        for name, statement in statements(stage):
            if "*" in as_list(statement["Resource"]):
                unscoped = set(as_list(statement["Action"])) - UNSCOPED_ACTIONS
                assert not unscoped, (name, unscoped)

    def test_keep_what_attaches_a_function_to_the_network_from_its_code(self, stage: Synthesized) -> None:
        """Lambda's own calls for a function do not name it as their source, those of its code do."""
        policies: dict[str, dict[str, set[str]]] = {}
        for name, statement in statements(stage):
            effect = statement["Effect"]
            if effect == "Deny":
                (pattern,) = statement["Condition"]["ArnLike"].values()
                assert list(statement["Condition"]["ArnLike"]) == ["lambda:SourceFunctionArn"], name
                assert pattern["Fn::Join"][1][-1] == ":function:*", name
            of_effect = policies.setdefault(name, {}).setdefault(effect, set())
            of_effect |= {action for action in as_list(statement["Action"]) if "*" in as_list(statement["Resource"])}
        attaching = {name: each for name, each in policies.items() if "ec2:CreateNetworkInterface" in each["Allow"]}
        assert len(attaching) >= sum("VpcConfig" in each for each in stage.functions().values())
        for name, each in attaching.items():
            assert {action for action in each["Allow"] if action.startswith("ec2:")} <= each.get("Deny", set()), name

    def test_a_function_reads_only_the_secrets_in_its_variables(self, stage: Synthesized) -> None:
        for function in stage.functions().values():
            role = function["Role"]["Fn::GetAtt"][0]
            allowed = secrets_of_role(stage, role)
            variables = function["Environment"]["Variables"]
            named = {value for name, value in variables.items() if name.endswith("_SECRET") and value}
            assert allowed == named, function["FunctionName"]


class TestEncryption:
    def test_at_rest_with_our_key(self, stage: Synthesized) -> None:
        (database,) = stage.properties("AWS::RDS::DBInstance")
        (documents,) = stage.properties("AWS::DocDB::DBCluster")
        (cache,) = stage.properties("AWS::ElastiCache::ReplicationGroup")
        (events,) = stage.properties("AWS::MSK::Cluster")
        assert database["StorageEncrypted"] is documents["StorageEncrypted"] is True
        assert cache["AtRestEncryptionEnabled"] is True
        for key in (
            database["KmsKeyId"],
            documents["KmsKeyId"],
            cache["KmsKeyId"],
            events["EncryptionInfo"]["EncryptionAtRest"]["DataVolumeKMSKeyId"],
            *(secret["KmsKeyId"] for secret in stage.properties("AWS::SecretsManager::Secret")),
        ):
            assert key["Fn::GetAtt"][0].startswith("Key")
        assert all(key["EnableKeyRotation"] for key in stage.properties("AWS::KMS::Key"))

    def test_on_the_way_everywhere(self, stage: Synthesized) -> None:
        (proxy,) = stage.properties("AWS::RDS::DBProxy")
        (cache,) = stage.properties("AWS::ElastiCache::ReplicationGroup")
        (events,) = stage.properties("AWS::MSK::Cluster")
        (parameters,) = stage.properties("AWS::RDS::DBParameterGroup")
        (documents,) = stage.properties("AWS::DocDB::DBClusterParameterGroup")
        assert proxy["RequireTLS"] is True
        assert proxy["DefaultAuthScheme"] == "IAM_AUTH"
        assert (cache["TransitEncryptionEnabled"], cache["TransitEncryptionMode"]) == (True, "required")
        assert "AuthToken" in cache
        assert events["EncryptionInfo"]["EncryptionInTransit"] == {"ClientBroker": "TLS", "InCluster": True}
        assert events["ClientAuthentication"]["Unauthenticated"] == {"Enabled": False}
        assert parameters["Parameters"]["rds.force_ssl"] == "1"
        assert documents["Parameters"]["tls"] == "enabled"


class TestData:
    def test_is_kept_when_its_stack_goes_with_all_it_stands_on(self, stage: Synthesized) -> None:
        """But a creation that is rolled back leaves nothing: most names are fixed, and a second try needs them."""
        for name, resource in stage.templates["data"]["Resources"].items():
            if resource["Type"] in GOES_WITH_ITS_STACK:
                assert resource.get("DeletionPolicy", "Delete") == "Delete", name
            else:
                assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
                assert resource["UpdateReplacePolicy"] == "Retain", name

    def test_is_reached_from_inside_the_network_only(self, stage: Synthesized) -> None:
        (database,) = stage.properties("AWS::RDS::DBInstance")
        assert database["PubliclyAccessible"] is False
        everybody = json.dumps(stage.templates["data"])
        assert '"CidrIp": "0.0.0.0/0", "Description": "from' not in everybody
        for group in stage.properties("AWS::EC2::SecurityGroup"):
            assert not group.get("SecurityGroupIngress"), "ingress is granted to security groups, not addresses"

    def test_secrets_have_the_names_that_the_functions_read(self, stage: Synthesized) -> None:
        names = {secret["Name"] for secret in stage.properties("AWS::SecretsManager::Secret")}
        purposes = {"database", "redis", "documents", "processor"}
        rings = {"notices-keys", "identity-keys", "cursor-keys", "card-keys", "recipient-keys", "personal-keys"}
        assert names == {f"paycore/{stage.stage}/{purpose}" for purpose in purposes | rings}
        for secret in stage.properties("AWS::SecretsManager::Secret"):
            assert "SecretString" not in secret
            assert secret["GenerateSecretString"]["GenerateStringKey"] in {"password", "k1"}


def secrets_of_role(stage: Synthesized, role: str) -> set[str]:
    names = set()
    for resource in stage.resources("AWS::IAM::Policy").values():
        if {"Ref": role} in resource["Properties"]["Roles"]:
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                if "secretsmanager:GetSecretValue" in as_list(statement["Action"]):
                    arns = [each["Fn::Join"][1][-1] for each in as_list(statement["Resource"])]
                    names |= {arn.removeprefix(":secret:").removesuffix("-??????") for arn in arns}
    return names
