"""What every part of the data stack is built in: stack, stage, network, key."""

from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

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

    def secret_name(self, purpose: str) -> str:
        """The explicit name of a secret: `paycore/dev/redis`."""
        return f"paycore/{self.config.name}/{purpose}"
