"""The data stack: everything that must outlive a deployment, encrypted with one key and kept on delete."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk.environments import StageConfig
from cdk.parts.backups import VaultBackups
from cdk.parts.data_context import DataContext
from cdk.parts.document_store import DocumentStore
from cdk.parts.event_log import EventLog
from cdk.parts.ledger_database import LedgerDatabase
from cdk.parts.secret_store import SecretStore
from cdk.parts.session_cache import SessionCache
from cdk.stacks.network import NetworkStack


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
            removal_policy=RemovalPolicy.RETAIN,
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
