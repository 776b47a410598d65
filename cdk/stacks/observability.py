"""The observability stack: alarms for every function, whom they call, and the dashboard."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.alarms import Watch, watches
from cdk.dashboards import create_dashboard
from cdk.stage_config import StageConfig

missing = cloudwatch.TreatMissingData


class ObservabilityStack(Stack):
    """It knows functions by name only, so it can be deployed, changed and deleted at any time."""

    def __init__(self, scope: Construct, config: StageConfig) -> None:
        super().__init__(
            scope,
            f"paycore-{config.name}-observability",
            description="Paycore: alarms and dashboard",
        )
        self._config = config
        self._topic = self._create_topic()
        alarms = [self._create_alarm(watch) for watch in watches(config)]
        create_dashboard(self, config, alarms)

    def _create_topic(self) -> sns.Topic:
        """Alarms are sent here; CloudWatch cannot use AWS's own key for topics, so it has one."""
        key = kms.Key(self, "TopicKey", description="Paycore alarms", enable_key_rotation=True)
        key.apply_removal_policy(RemovalPolicy.DESTROY)
        topic = sns.Topic(
            self,
            "Alarms",
            topic_name=f"paycore-{self._config.name}-alarms",
            master_key=key,
            enforce_ssl=True,
        )
        key.add_to_resource_policy(self._for_our_alarms(("kms:Decrypt", "kms:GenerateDataKey"), "*"))
        topic.add_to_resource_policy(self._for_our_alarms(("sns:Publish",), topic.topic_arn))
        if self._config.alarm_email is not None:
            topic.add_subscription(subscriptions.EmailSubscription(self._config.alarm_email))
        return topic

    def _for_our_alarms(self, allowed: tuple[str, ...], resource: str) -> iam.PolicyStatement:
        """CloudWatch acts for every account: this admits it only for alarms of ours."""
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=list(allowed),
            resources=[resource],
            conditions={"StringEquals": {"aws:SourceAccount": self.account}},
        )

    def _create_alarm(self, watch: Watch) -> cloudwatch.IAlarm:
        alarm = watch.alarm
        resource = cloudwatch.Alarm(
            self,
            watch.title.removeprefix(f"paycore-{self._config.name}-"),
            alarm_name=watch.title,
            alarm_description=f"{alarm.means} See {alarm.runbook}.",
            metric=cloudwatch.Metric(
                namespace=watch.namespace,
                metric_name=alarm.metric,
                dimensions_map=dict(watch.dimensions),
                statistic=alarm.statistic,
                period=Duration.minutes(alarm.period_minutes),
            ),
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=missing.BREACHING if alarm.silence_rings else missing.NOT_BREACHING,
        )
        resource.add_alarm_action(actions.SnsAction(self._topic))
        return resource
