"""One Lambda function of the catalog: code of its service only, a role and a log of its own."""

from pathlib import Path

from aws_cdk import Duration, IgnoreMode, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk.acknowledgements import accept
from cdk.parts.permissions import statements_of
from cdk.parts.surroundings import LIVE, Surroundings
from cdk.parts.variables import variables_of
from cdk.specs import FunctionSpec, Routes

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = lambda_.Runtime.PYTHON_3_13


class PaymentFunction(Construct):
    """The function, its role and log group, and the alias that is kept warm where the stage pays for it."""

    def __init__(self, around: Surroundings, spec: FunctionSpec) -> None:
        super().__init__(around.stack, spec.name)
        self.spec = spec
        self._around = around
        name = spec.function_name(around.config.name)
        self._log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=spec.log_group_name(around.config.name),
            retention=around.config.log_retention,
            # A retained group of this name would stop the next deployment of a stack that was deleted.
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.function = self._create_function(name)
        self.target = self._keep_warm() or self.function

    def _create_function(self, name: str) -> lambda_.Function:
        spec, around = self.spec, self._around
        network = around.network if spec.in_vpc else None
        function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description=f"Paycore {spec.service}: {spec.file}",
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            handler=spec.handler,
            code=service_code(spec.service),
            layers=[around.layers[layer] for layer in spec.layers],
            memory_size=spec.memory_mb,
            timeout=Duration.seconds(spec.timeout_seconds),
            environment=variables_of(spec, around),
            role=self._create_role(),
            log_group=self._log_group,
            reserved_concurrent_executions=spec.reserved if around.config.reserves_concurrency else None,
            tracing=lambda_.Tracing.ACTIVE,
            vpc=network.vpc if network else None,
            security_groups=[network.function_security_group] if network else None,
        )
        accept(function, {"L1": "Python 3.13 and 3.14 end on the same day; every wheel is proven on 3.13."})
        return function

    def _create_role(self) -> iam.Role:
        """No managed policy: the role may write this one log and do what its settings call for."""
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self._log_group.grant_write(role)
        for statement in statements_of(self.spec, self._around):
            role.add_to_policy(statement)
        accept(role, {"IAM5[Resource::*]": "X-Ray and network interfaces know no resource to be named."})
        return role

    def _keep_warm(self) -> lambda_.Alias | None:
        """The alias with provisioned concurrency, for functions that a person waits for."""
        warm = self._around.config.concurrency
        if warm is None or not isinstance(self.spec.trigger, Routes):
            return None
        # Warm from the first request on; scaling alone would come minutes later.
        alias = self.function.add_alias(LIVE, provisioned_concurrent_executions=warm.minimum)
        scaling = alias.add_auto_scaling(min_capacity=warm.minimum, max_capacity=warm.maximum)
        scaling.scale_on_utilization(utilization_target=warm.utilization)
        return alias


def service_code(service: str) -> lambda_.Code:
    """The repository with everything excluded but the package marker and the one service."""
    kept = ("/functions", "/functions/__init__.py", f"/functions/{service}")
    exclude = ["/*", f"!{kept[0]}", "/functions/*", *(f"!{path}" for path in kept[1:])]
    exclude += ["__pycache__", "requirements.txt"]
    return lambda_.Code.from_asset(str(ROOT), exclude=exclude, ignore_mode=IgnoreMode.GIT)
