"""The services stack: every function of the catalog with what triggers it. Nothing in it holds data."""

from aws_cdk import CfnResource, Duration, RemovalPolicy, Stack, triggers
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_logs as logs
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cdk.catalog import FUNCTIONS
from cdk.parts.kafka_consumer import connect_consumer
from cdk.parts.layers import create_layers
from cdk.parts.payment_function import PaymentFunction
from cdk.parts.rest_api import STAGE_NAME, PaymentApi
from cdk.parts.schedule import connect_schedule
from cdk.parts.surroundings import Surroundings
from cdk.parts.web_firewall import WebFirewall
from cdk.specs import Authorizer, Consumer, DeployStep, Routes, Schedule
from cdk.stacks.data import DataStack
from cdk.stacks.network import NetworkStack
from cdk.stage_config import StageConfig

PROCESSOR_PATH = f"/{STAGE_NAME}/processor"


class ServicesStack(Stack):
    """API, functions, event sources, schedules, and the migration that runs before them."""

    def __init__(self, scope: Construct, config: StageConfig, network: NetworkStack, data: DataStack) -> None:
        super().__init__(
            scope,
            f"paycore-{config.name}-services",
            description="Paycore: API, functions, event sources, schedules",
        )
        self._config = config
        self.api = PaymentApi(self, config)
        around = self._surroundings(config, network, data)
        self._functions = [PaymentFunction(around, spec) for spec in FUNCTIONS]
        self._connect(around)
        self._migrate_first()
        WebFirewall(
            self, self.api.rest_api.deployment_stage.stage_arn, config.waf_requests_per_minute, f"{PROCESSOR_PATH}/"
        )

    def _surroundings(self, config: StageConfig, network: NetworkStack, data: DataStack) -> Surroundings:
        rest_api_id = self.api.rest_api.rest_api_id
        host = f"{rest_api_id}.execute-api.{self.region}.{self.url_suffix}"
        return Surroundings(
            stack=self,
            config=config,
            network=network,
            data=data,
            layers=create_layers(self, config.name),
            # Read at each deployment; the command that rotates the signing key writes it.
            jwks=ssm.StringParameter.value_for_string_parameter(self, f"/paycore/{config.name}/jwks"),
            processor_url=f"https://{host}{PROCESSOR_PATH}",
        )

    def _connect(self, around: Surroundings) -> None:
        authorizer = self._authorizer()
        for function in self._functions:
            match function.spec.trigger:
                case Routes() as routes:
                    self.api.add_routes(function, routes, authorizer)
                case Consumer() as consumer:
                    connect_consumer(function, consumer, around)
                case Schedule() as schedule:
                    connect_schedule(function, schedule, around)

    def _authorizer(self) -> apigateway.IAuthorizer:
        (function,) = (each for each in self._functions if isinstance(each.spec.trigger, Authorizer))
        return self.api.add_authorizer(function)

    def _migrate_first(self) -> None:
        """Runs the migration in each deployment that changes it, before any other function is updated."""
        (migrate,) = (each for each in self._functions if isinstance(each.spec.trigger, DeployStep))
        others = [each.function for each in self._functions if each is not migrate]
        triggers.Trigger(
            self,
            "Migration",
            handler=migrate.function,
            timeout=Duration.seconds(migrate.spec.timeout_seconds),
            execute_before=list(others),
        )
        self._declare_log_of_trigger()

    def _declare_log_of_trigger(self) -> None:
        """CDK's function that invokes the migration has no parameter for it and would keep its log for ever."""
        provider = self.node.find_child("AWSCDK.TriggerCustomResourceProviderCustomResourceProvider")
        function = provider.node.find_child("Handler")
        assert isinstance(function, CfnResource)  # noqa: S101 - as this version of CDK makes it
        group = logs.LogGroup(
            self, "MigrationLogs", retention=self._config.log_retention, removal_policy=RemovalPolicy.DESTROY
        )
        function.add_property_override("LoggingConfig", {"LogGroup": group.log_group_name})
