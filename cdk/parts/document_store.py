"""The document store for inboxes and audit records: DocumentDB over TLS, with point-in-time recovery."""

from aws_cdk import Duration
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk.acknowledgements import accept, accept_lint
from cdk.parts.data_context import DataContext

PORT = 27017

# The least that DocumentDB Serverless can be, in capacity units of about 2 GB of memory.
CAPACITY_UNITS_MIN = 0.5


class DocumentStore(Construct):
    """A serverless cluster: it costs what it does."""

    def __init__(self, scope: Construct, context: DataContext) -> None:
        super().__init__(scope, "DocumentStore")
        config = context.config
        self._group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=context.vpc,
            description="Document store: reached by the functions",
            allow_all_outbound=False,
        )
        self._group.add_ingress_rule(context.function_security_group, ec2.Port.tcp(PORT), "functions")
        self.cluster = self._create_cluster(context)
        self._create_instances(config.documents_instances)

    def _create_cluster(self, context: DataContext) -> docdb.DatabaseCluster:
        config, name = context.config, context.store_name("documents")
        cluster = docdb.DatabaseCluster(
            self,
            "Cluster",
            db_cluster_name=name,
            master_user=docdb.Login(
                username="paycore", secret_name=context.secret_name("documents"), kms_key=context.key
            ),
            engine_version="5.0.0",
            vpc=context.vpc,
            vpc_subnets=context.isolated_subnets,
            security_group=self._group,
            port=PORT,
            serverless_v2_scaling_configuration=docdb.ServerlessV2ScalingConfiguration(
                min_capacity=CAPACITY_UNITS_MIN, max_capacity=config.documents_capacity_units_max
            ),
            storage_encrypted=True,
            kms_key=context.key,
            parameter_group=self._create_parameters(),
            backup=docdb.BackupProps(retention=Duration.days(config.backup_days)),
            copy_tags_to_snapshot=True,
            export_audit_logs_to_cloud_watch=True,
            export_profiler_logs_to_cloud_watch=True,
            deletion_protection=config.deletion_protection,
        )
        context.declare_logs(cluster, f"/aws/docdb/{name}", ("audit", "profiler"))
        reasons = {
            "DOC2": "27017 is private to the network.",
            "SMG4": "Rotated by hand, with its readers: DocumentDB has no second user to alternate.",
            "DOC3": "The password is generated into Secrets Manager; the template has only a reference.",
        }
        for log in ("authenticate", "createIndex", "dropCollection"):
            reasons[f"DOC5[LogExport::{log}]"] = "Part of the audit log, which is exported as a whole."
        accept(cluster, reasons)
        return cluster

    @property
    def host(self) -> str:
        """The cluster's address; it follows a failover."""
        return self.cluster.cluster_endpoint.hostname

    def _create_instances(self, count: int) -> None:
        """A serverless cluster has instances, too, of a class of its own; CDK's cluster makes none."""
        for index in range(1, count + 1):
            instance = docdb.CfnDBInstance(
                self,
                f"Instance{index}",
                db_cluster_identifier=self.cluster.cluster_identifier,
                db_instance_class="db.serverless",
            )
            accept_lint(instance, "E3620", "The linter's list comes from prices per class; this one has none.")

    def _create_parameters(self) -> docdb.ClusterParameterGroup:
        return docdb.ClusterParameterGroup(
            self,
            "Parameters",
            family="docdb5.0",
            description="Paycore documents: TLS only, sign-ins and schema changes are audited",
            parameters={"tls": "enabled", "audit_logs": "enabled", "profiler": "enabled"},
        )
