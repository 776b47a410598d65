"""What every part of the data stack is built in: stack, stage, network, key."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk.environments import StageConfig


@dataclass(frozen=True)
class DataContext:
    """The surroundings of a data store."""

    config: StageConfig
    vpc: ec2.IVpc
    function_security_group: ec2.ISecurityGroup
    key: kms.IKey

    @property
    def isolated_subnets(self) -> ec2.SubnetSelection:
        """No way in or out of the network."""
        return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)

    @property
    def private_subnets(self) -> ec2.SubnetSelection:
        """No way in; out through NAT."""
        return ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)

    def secret_name(self, purpose: str) -> str:
        """The explicit name of a secret: `paycore/dev/redis`."""
        return f"paycore/{self.config.name}/{purpose}"


def keep_secret(store: Construct) -> None:
    """Retains the password that CDK generates below a store: a database without it is lost, too."""
    secret = store.node.find_child("Secret")
    if not isinstance(secret, secretsmanager.Secret):
        raise TypeError(f"{store.node.path} has no generated secret")
    secret.apply_removal_policy(RemovalPolicy.RETAIN)
