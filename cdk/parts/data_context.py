"""What every part of the data stack is built in: stack, stage, network, key."""

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.stage_config import StageConfig


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

    def store_name(self, purpose: str) -> str:
        """The explicit name of a store whose log groups must have theirs before it exists: `paycore-dev-ledger`."""
        return f"paycore-{self.config.name}-{purpose}"

    def declare_logs(self, store: Construct, prefix: str, exports: Iterable[str]) -> None:
        """The groups that the store writes to: where it finds none it makes them, and they are kept for ever."""
        for export in exports:
            group = logs.LogGroup(
                store, f"Log-{export}", log_group_name=f"{prefix}/{export}", retention=self.config.log_retention
            )
            first = store.node.default_child
            assert first is not None  # noqa: S101 - a store is a resource
            first.node.add_dependency(group)
