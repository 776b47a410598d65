"""A second copy of database and documents in a vault of its own, beyond each service's recovery."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_events as events
from aws_cdk import aws_rds as rds
from constructs import Construct

from cdk.acknowledgements import accept, managed_policy
from cdk.parts.data_context import DataContext

DAILY_AT_HOUR_UTC = 3


class VaultBackups(Construct):
    """Daily snapshots, kept as long as the stage keeps backups."""

    def __init__(
        self,
        scope: Construct,
        context: DataContext,
        database: rds.IDatabaseInstance,
        documents: docdb.DatabaseCluster,
    ) -> None:
        super().__init__(scope, "VaultBackups")
        vault = backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=f"paycore-{context.config.name}",
            encryption_key=context.key,
            block_recovery_point_deletion=True,
        )
        plan = backup.BackupPlan(self, "Plan", backup_vault=vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="daily",
                schedule_expression=events.Schedule.cron(hour=str(DAILY_AT_HOUR_UTC), minute="0"),
                delete_after=Duration.days(context.config.backup_days),
            )
        )
        selection = plan.add_selection(
            "Stores",
            resources=[
                backup.BackupResource.from_rds_database_instance(database),
                backup.BackupResource.from_arn(self._arn_of(documents)),
            ],
        )
        accept(
            selection,
            {managed_policy("AWSBackupServiceRolePolicyForBackup"): "The role that AWS Backup asks for."},
        )

    def _arn_of(self, documents: docdb.DatabaseCluster) -> str:
        """DocumentDB's clusters have ARNs of RDS."""
        return Stack.of(self).format_arn(
            service="rds",
            resource="cluster",
            resource_name=documents.cluster_identifier,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
