"""The ledger's database: PostgreSQL with point-in-time recovery, and RDS Proxy in front of it."""

from aws_cdk import ArnFormat, Duration, Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from cdk.acknowledgements import accept
from cdk.parts.data_context import DataContext

PORT = 5432
NAME = "paycore"
OWNER = "migrate"
LOGS = ("postgresql", "upgrade")
PROXIED_USERS = ("app_rw", "app_job")

ENGINE = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_9)


class LedgerDatabase(Construct):
    """The instance, its proxy, and the way between functions, proxy and instance."""

    def __init__(self, scope: Construct, context: DataContext) -> None:
        super().__init__(scope, "LedgerDatabase")
        self._context = context
        self.security_group = self._security_group("Instance", "Ledger database: reached by proxy and migration")
        self.proxy_security_group = self._security_group("Proxy", "RDS Proxy: reached by the functions")
        functions = context.function_security_group
        # The way from the proxy to the instance is CDK's: a second rule for it would be a duplicate to EC2.
        self.security_group.add_ingress_rule(functions, ec2.Port.tcp(PORT), "migration")
        self.proxy_security_group.add_ingress_rule(functions, ec2.Port.tcp(PORT), "functions")
        self.instance = self._create_instance()
        self.proxy = self._create_proxy()

    @property
    def proxy_id(self) -> str:
        """The `prx-...` id that stands in the ARNs of the database users."""
        return Fn.select(6, Fn.split(":", self.proxy.db_proxy_arn))

    def _security_group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, f"{name}SecurityGroup", vpc=self._context.vpc, description=description)

    def _create_instance(self) -> rds.DatabaseInstance:
        config, key, name = self._context.config, self._context.key, self._context.store_name("ledger")
        instance = rds.DatabaseInstance(
            self,
            "Instance",
            engine=ENGINE,
            instance_identifier=name,
            instance_type=ec2.InstanceType(config.database_instance),
            vpc=self._context.vpc,
            vpc_subnets=self._context.isolated_subnets,
            security_groups=[self.security_group],
            database_name=NAME,
            credentials=rds.Credentials.from_generated_secret(
                OWNER, secret_name=self._context.secret_name("database"), encryption_key=key
            ),
            iam_authentication=True,
            parameter_group=self._create_parameters(),
            multi_az=config.database_multi_az,
            storage_type=rds.StorageType.GP3,
            allocated_storage=config.database_storage_gb,
            max_allocated_storage=config.database_storage_gb_max,
            storage_encrypted=True,
            storage_encryption_key=key,
            backup_retention=Duration.days(config.backup_days),
            delete_automated_backups=False,
            copy_tags_to_snapshot=True,
            deletion_protection=config.deletion_protection,
            auto_minor_version_upgrade=True,
            cloudwatch_logs_exports=list(LOGS),
            enable_performance_insights=True,
            performance_insight_encryption_key=key,
        )
        self._context.declare_logs(instance, f"/aws/rds/instance/{name}", LOGS)
        self._accept_findings(instance)
        return instance

    def _accept_findings(self, instance: rds.DatabaseInstance) -> None:
        config = self._context.config
        accept(
            instance,
            {
                "SMG4": "Only the migration uses the master password; an operator rotates it.",
                "RDS11": "5432 is private to the network; the proxy requires the default port.",
            }
            | no_protection(config.deletion_protection)
            | no_second_zone(config.database_multi_az),
        )

    def _create_parameters(self) -> rds.ParameterGroup:
        return rds.ParameterGroup(
            self,
            "Parameters",
            engine=ENGINE,
            description="Paycore ledger: TLS only, slow statements and lock waits are logged",
            parameters={
                "rds.force_ssl": "1",
                "log_min_duration_statement": "500",
                "log_lock_waits": "1",
                # Below the lock time-out of 1 s, which would otherwise come first and hide a deadlock.
                "deadlock_timeout": "500",
                "log_connections": "0",
                "log_disconnections": "0",
            },
        )

    def _create_proxy(self) -> rds.DatabaseProxy:
        name = f"paycore-{self._context.config.name}"
        proxy = rds.DatabaseProxy(
            self,
            "Proxy",
            proxy_target=rds.ProxyTarget.from_instance(self.instance),
            db_proxy_name=name,
            vpc=self._context.vpc,
            vpc_subnets=self._context.isolated_subnets,
            security_groups=[self.proxy_security_group],
            default_auth_scheme=rds.DefaultAuthScheme.IAM_AUTH,
            iam_auth=True,
            require_tls=True,
            # A waiting caller gets its 503 well before API Gateway's 29 s; the default is 120 s.
            borrow_timeout=Duration.seconds(3),
            # The rest is for the migration and for an operator.
            max_connections_percent=80,
            role=self._create_proxy_role(),
        )
        proxy.node.add_dependency(self.instance)
        self._context.declare_logs(proxy, "/aws/rds/proxy", (name,))
        return proxy

    def _create_proxy_role(self) -> iam.Role:
        """The proxy logs in to the instance with IAM, too; CDK grants it nothing for that."""
        role = iam.Role(self, "ProxyRole", assumed_by=iam.ServicePrincipal("rds.amazonaws.com"))
        resource_id = self.instance.instance_resource_id
        assert resource_id is not None  # noqa: S101 - only an imported instance has none
        arns = [
            Stack.of(self).format_arn(
                service="rds-db",
                resource="dbuser",
                resource_name=f"{resource_id}/{user}",
                arn_format=ArnFormat.COLON_RESOURCE_NAME,
            )
            for user in PROXIED_USERS
        ]
        role.add_to_policy(iam.PolicyStatement(actions=["rds-db:connect"], resources=arns))
        return role


def no_protection(protected: bool) -> dict[str, str]:
    """Where deletion protection is off, the instance is still retained when its stack goes."""
    return {} if protected else {"RDS10": "The stage is disposable; the instance and its backups are retained."}


def no_second_zone(multi_az: bool) -> dict[str, str]:
    """Where there is no standby, an outage of the zone is an outage of the stage."""
    return {} if multi_az else {"RDS3": "The stage may be down for a zone's outage: a standby doubles its cost."}
