"""The cache for sessions, limits and copies: Valkey over TLS with a password, never a source of truth."""

from aws_cdk import SecretValue
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from constructs import Construct

from cdk.acknowledgements import accept
from cdk.parts.data_context import DataContext

PORT = 6379


class SessionCache(Construct):
    """One primary node, and replicas that take over where the stage pays for them."""

    def __init__(self, scope: Construct, context: DataContext) -> None:
        super().__init__(scope, "SessionCache")
        config = context.config
        group, subnets = self._create_security_group(context), self._create_subnets(context)
        replicated = config.cache_nodes > 1
        self.cluster = elasticache.CfnReplicationGroup(
            self,
            "Cluster",
            replication_group_description="Paycore sessions, limits and cached reads",
            engine="valkey",
            engine_version="8.0",
            cache_node_type=config.cache_node,
            num_cache_clusters=config.cache_nodes,
            automatic_failover_enabled=replicated,
            multi_az_enabled=replicated,
            auto_minor_version_upgrade=True,
            port=PORT,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[group.security_group_id],
            transit_encryption_enabled=True,
            transit_encryption_mode="required",
            auth_token=SecretValue.secrets_manager(context.secret_name("redis"), json_field="password").unsafe_unwrap(),
            at_rest_encryption_enabled=True,
            kms_key_id=context.key.key_arn,
        )
        if not replicated:
            reason = "The stage may lose its cache: sessions and limits fall back to PostgreSQL."
            accept(self.cluster, {"AEC4": reason})

    @property
    def host(self) -> str:
        """The primary node's address; it follows a failover."""
        return self.cluster.attr_primary_end_point_address

    def _create_security_group(self, context: DataContext) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=context.vpc,
            description="Cache: reached by the functions",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(context.function_security_group, ec2.Port.tcp(PORT), "functions")
        return group

    def _create_subnets(self, context: DataContext) -> elasticache.CfnSubnetGroup:
        return elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description="Paycore cache",
            subnet_ids=context.vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED).subnet_ids,
        )
