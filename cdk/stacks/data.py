"""The data stack: everything that must outlive a deployment, encrypted with one key and kept on delete."""

from aws_cdk import RemovalPolicies, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk.parts.backups import VaultBackups
from cdk.parts.data_context import DataContext
from cdk.parts.document_store import DocumentStore
from cdk.parts.event_log import EventLog
from cdk.parts.ledger_database import LedgerDatabase
from cdk.parts.secret_store import SecretStore
from cdk.parts.session_cache import SessionCache
from cdk.stacks.network import NetworkStack
from cdk.stage_config import StageConfig

# What holds data, and what that stands on: CloudFormation cannot delete a group or a key that a kept store still uses.
KEPT = (
    "AWS::Backup::BackupVault",
    "AWS::DocDB::DBCluster",
    "AWS::DocDB::DBClusterParameterGroup",
    "AWS::DocDB::DBInstance",
    "AWS::DocDB::DBSubnetGroup",
    "AWS::EC2::SecurityGroup",
    "AWS::ElastiCache::ReplicationGroup",
    "AWS::ElastiCache::SubnetGroup",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::MSK::Cluster",
    "AWS::MSK::Configuration",
    "AWS::MSK::Topic",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::SecretsManager::Secret",
)


class DataStack(Stack):
    """PostgreSQL, cache, Kafka, documents, secrets and their key."""

    def __init__(self, scope: Construct, config: StageConfig, network: NetworkStack) -> None:
        super().__init__(
            scope,
            f"paycore-{config.name}-data",
            description="Paycore: databases, cache, event log, secrets",
            termination_protection=config.deletion_protection,
        )
        self.key = kms.Key(
            self,
            "Key",
            alias=f"paycore/{config.name}",
            description="Paycore data at rest",
            enable_key_rotation=True,
        )
        context = DataContext(config, network.vpc, network.function_security_group, self.key)
        self.secrets = SecretStore(self, context)
        self.database = LedgerDatabase(self, context)
        self.cache = SessionCache(self, context)
        self.cache.node.add_dependency(self.secrets)
        self.events = EventLog(self, context)
        self.documents = DocumentStore(self, context)
        if config.vault_backups:
            VaultBackups(self, context, self.database.instance, self.documents.cluster)
        # Kept on delete and on replacement, but not where their creation is rolled back: many have fixed names, and
        # what a first deployment left behind half-way would stop the second.
        RemovalPolicies.of(self).apply(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, apply_to_resource_types=list(KEPT))
