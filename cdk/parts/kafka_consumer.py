"""The event source mappings of a consumer: one per topic, each with a consumer group of its own."""

from collections.abc import Iterator

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from cdk.parts.payment_function import PaymentFunction
from cdk.parts.permissions import allow, allow_lambda
from cdk.parts.surroundings import Surroundings
from cdk.specs import Consumer

# A batch must be done well within the function's time-out, also when each record sends a mail.
BATCH_SIZE = 100


def connect_consumer(function: PaymentFunction, trigger: Consumer, around: Surroundings) -> None:
    """Lets Lambda poll the topics for the function."""
    spec = function.spec
    groups = {topic: spec.consumer_group(topic) for topic in trigger.topics}
    role = function.function.role
    if role is None:
        raise ValueError(f"{spec.name} has no role")
    for statement in _statements(groups, around):
        role.add_to_principal_policy(statement)
    for topic, group in groups.items():
        mapping = lambda_.EventSourceMapping(
            function,
            f"Source-{topic}",
            target=function.function,
            event_source_arn=around.data.events.cluster.attr_arn,
            kafka_topic=topic,
            # Without a name of ours a re-created mapping would start all over.
            kafka_consumer_group_id=group,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=BATCH_SIZE,
            # The window stays at the default of 500 ms: once set, there is no way back to it.
            provisioned_poller_config=_pollers(around),
        )
        # Lambda tries the role's permissions when the mapping is made.
        mapping.node.add_dependency(role)


def _pollers(around: Surroundings) -> lambda_.ProvisionedPollerConfig | None:
    pollers = around.config.pollers
    if pollers is None:
        return None
    return lambda_.ProvisionedPollerConfig(
        minimum_pollers=pollers.minimum,
        maximum_pollers=pollers.maximum,
        poller_group_name=f"paycore-{around.config.name}",
    )


def _statements(groups: dict[str, str], around: Surroundings) -> Iterator[iam.PolicyStatement]:
    """What the poller does with the function's role: find the cluster, sign in, read, commit."""
    cluster = around.data.events.cluster.attr_arn
    yield allow(("kafka:DescribeCluster", "kafka:DescribeClusterV2", "kafka:GetBootstrapBrokers"), cluster)
    yield allow(("kafka-cluster:Connect", "kafka-cluster:DescribeClusterDynamicConfiguration"), cluster)
    topics, group_ids = map(around.topic_arn, groups), map(around.group_arn, groups.values())
    yield allow(("kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"), *topics)
    yield allow(("kafka-cluster:AlterGroup", "kafka-cluster:DescribeGroup"), *group_ids)
    # The poller's network interfaces stand in the cluster's subnets.
    yield from allow_lambda(("ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"), around)
