"""The observability stack: alarms for every function, whom they call, and the dashboard."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from cdk.alarms import FUNCTION_ALARMS, AlarmSpec
from cdk.catalog import FUNCTIONS
from cdk.dashboards import create_dashboard
from cdk.environments import StageConfig
from cdk.specs import FunctionSpec


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
        alarms = [self._create_alarm(alarm, spec) for spec in FUNCTIONS for alarm in FUNCTION_ALARMS]
        create_dashboard(self, config, alarms)

    def _create_topic(self) -> sns.Topic:
        """Alarms are sent here; CloudWatch cannot use AWS's own key for topics, so it has one."""
        key = kms.Key(self, "TopicKey", description="Paycore alarms", enable_key_rotation=True)
        cloudwatch_service = iam.ServicePrincipal("cloudwatch.amazonaws.com")
        key.grant_encrypt_decrypt(cloudwatch_service)
        topic = sns.Topic(
            self,
            "Alarms",
            topic_name=f"paycore-{self._config.name}-alarms",
            master_key=key,
            enforce_ssl=True,
        )
        topic.grant_publish(cloudwatch_service)
        if self._config.alarm_email is not None:
            topic.add_subscription(subscriptions.EmailSubscription(self._config.alarm_email))
        return topic

    def _create_alarm(self, alarm: AlarmSpec, spec: FunctionSpec) -> cloudwatch.IAlarm:
        stage = self._config.name
        resource = cloudwatch.Alarm(
            self,
            f"{spec.name}-{alarm.name}",
            alarm_name=alarm.title(stage, spec),
            alarm_description=f"{alarm.means} See {alarm.runbook}.",
            metric=cloudwatch.Metric(
                namespace="AWS/Lambda",
                metric_name=alarm.metric,
                dimensions_map={"FunctionName": spec.function_name(stage)},
                statistic=alarm.statistic,
                period=Duration.minutes(alarm.period_minutes),
            ),
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        resource.add_alarm_action(actions.SnsAction(self._topic))
        return resource
