"""The event log: Kafka (MSK) with IAM sign-in over TLS, and its topics."""

from aws_cdk import Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_msk as msk
from aws_cdk import custom_resources as custom
from constructs import Construct

from cdk.acknowledgements import accept, managed_policy
from cdk.parts.data_context import DataContext
from cdk.specs import PARTITIONS
from paycore.events.envelope import DEAD_LETTER_TOPICS, TOPICS

# MSK's port for IAM sign-in over TLS.
PORT = 9098

# ZooKeeper mode: the newest line that the small brokers are known to offer.
KAFKA_VERSION = "3.9.x"

# Nobody has kafka-cluster:DeleteTopic. Topics can be deleted so that a failed deployment can take back its own.
SERVER_PROPERTIES = """\
auto.create.topics.enable=false
delete.topic.enable=true
min.insync.replicas={in_sync}
log.retention.hours=168
"""


class EventLog(Construct):
    """The cluster and everything on it that is declared, not discovered."""

    def __init__(self, scope: Construct, context: DataContext) -> None:
        super().__init__(scope, "EventLog")
        self._context = context
        self.cluster_name = f"paycore-{context.config.name}"
        self.cluster = self._create_cluster(self._create_security_group())
        self.bootstrap_servers = self._look_up_bootstrap_servers()
        for topic in TOPICS + DEAD_LETTER_TOPICS:
            msk.CfnTopic(
                self,
                f"Topic-{topic}",
                cluster_arn=self.cluster.attr_arn,
                topic_name=topic,
                partition_count=PARTITIONS,
                replication_factor=context.config.kafka_brokers,
            )

    def arn_of(self, kind: str, name: str) -> str:
        """The ARN of a topic or consumer group: cluster name and the cluster's own id stand in it."""
        cluster_id = Fn.select(2, Fn.split("/", self.cluster.attr_arn))
        return Stack.of(self).format_arn(
            service="kafka", resource=kind, resource_name=f"{self.cluster_name}/{cluster_id}/{name}"
        )

    def _create_security_group(self) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._context.vpc,
            description="Event log: reached by the functions and by the pollers of their event sources",
        )
        group.add_ingress_rule(self._context.function_security_group, ec2.Port.tcp(PORT), "functions")
        # Lambda's pollers stand in the cluster's own subnets and security group.
        group.add_ingress_rule(group, ec2.Port.tcp(PORT), "event source pollers")
        return group

    def _create_cluster(self, group: ec2.SecurityGroup) -> msk.CfnCluster:
        config = self._context.config
        subnets = self._context.vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS).subnet_ids
        log_group = logs.LogGroup(self, "BrokerLogs", retention=config.log_retention)
        return msk.CfnCluster(
            self,
            "Cluster",
            cluster_name=self.cluster_name,
            kafka_version=KAFKA_VERSION,
            number_of_broker_nodes=config.kafka_brokers,
            broker_node_group_info=msk.CfnCluster.BrokerNodeGroupInfoProperty(
                client_subnets=subnets,
                instance_type=config.kafka_broker,
                security_groups=[group.security_group_id],
                storage_info=msk.CfnCluster.StorageInfoProperty(
                    ebs_storage_info=msk.CfnCluster.EBSStorageInfoProperty(volume_size=config.kafka_storage_gb)
                ),
            ),
            client_authentication=msk.CfnCluster.ClientAuthenticationProperty(
                sasl=msk.CfnCluster.SaslProperty(iam=msk.CfnCluster.IamProperty(enabled=True)),
                unauthenticated=msk.CfnCluster.UnauthenticatedProperty(enabled=False),
            ),
            encryption_info=msk.CfnCluster.EncryptionInfoProperty(
                encryption_at_rest=msk.CfnCluster.EncryptionAtRestProperty(
                    data_volume_kms_key_id=self._context.key.key_arn
                ),
                encryption_in_transit=msk.CfnCluster.EncryptionInTransitProperty(client_broker="TLS", in_cluster=True),
            ),
            configuration_info=self._create_configuration(),
            enhanced_monitoring=config.kafka_monitoring,
            logging_info=msk.CfnCluster.LoggingInfoProperty(
                broker_logs=msk.CfnCluster.BrokerLogsProperty(
                    cloud_watch_logs=msk.CfnCluster.CloudWatchLogsProperty(
                        enabled=True, log_group=log_group.log_group_name
                    )
                )
            ),
        )

    def _create_configuration(self) -> msk.CfnCluster.ConfigurationInfoProperty:
        # With as many copies as brokers, one broker may be down and acks=all still holds on the others.
        in_sync = max(1, self._context.config.kafka_brokers - 1)
        configuration = msk.CfnConfiguration(
            self,
            "Configuration",
            name=self.cluster_name,
            server_properties=SERVER_PROPERTIES.format(in_sync=in_sync),
        )
        return msk.CfnCluster.ConfigurationInfoProperty(
            arn=configuration.attr_arn,
            # Changed properties make a new revision of the same configuration.
            revision=configuration.attr_latest_revision_revision,
        )

    def _look_up_bootstrap_servers(self) -> str:
        """The brokers' addresses: CloudFormation does not know them, MSK's API does."""
        parameters = {"ClusterArn": self.cluster.attr_arn}
        call = custom.AwsSdkCall(
            service="kafka",
            action="GetBootstrapBrokers",
            parameters=parameters,
            # The call is made again when this changes: with more brokers there are more addresses.
            physical_resource_id=custom.PhysicalResourceId.of(
                f"{self.cluster_name}-{self._context.config.kafka_brokers}"
            ),
            output_paths=["BootstrapBrokerStringSaslIam"],
        )
        statement = iam.PolicyStatement(actions=["kafka:GetBootstrapBrokers"], resources=[self.cluster.attr_arn])
        look_up = custom.AwsCustomResource(
            self,
            "BootstrapServers",
            on_create=call,
            on_update=call,
            policy=custom.AwsCustomResourcePolicy.from_statements([statement]),
            install_latest_aws_sdk=False,
            log_group=logs.LogGroup(self, "BootstrapServersLogs", retention=self._context.config.log_retention),
        )
        accept(
            Stack.of(self).node.find_child("AWS679f53fac002430cb0da5b7982bd2287"),
            {
                managed_policy("AWSLambdaBasicExecutionRole"): "CDK's own provider: it may write its log.",
            },
        )
        return look_up.get_response_field("BootstrapBrokerStringSaslIam")
