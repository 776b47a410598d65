"""The shape of a stage: everything in which dev, staging and prod may differ."""

from dataclasses import dataclass, replace

from aws_cdk.aws_logs import RetentionDays


@dataclass(frozen=True)
class Concurrency:
    """Environments kept warm for each API function, scaled so that `utilization` of them are busy."""

    minimum: int
    maximum: int
    utilization: float


@dataclass(frozen=True)
class Pollers:
    """Provisioned Kafka pollers of each event source; all of a stage share one paid unit."""

    minimum: int
    maximum: int


@dataclass(frozen=True)
class StageConfig:
    """One stage. Sizes are AWS names, instants and rates carry their unit."""

    name: str
    # Ours when a deployment names none: a domain of documents (RFC 2606), under which no mail can be sent.
    domain: str
    local_origins: tuple[str, ...]
    documentation: bool
    alarms_by_email: bool

    # network
    availability_zones: int
    nat_gateways: int
    interface_endpoints: tuple[str, ...]

    # data
    database_instance: str
    database_multi_az: bool
    database_storage_gb: int
    database_storage_gb_max: int
    backup_days: int
    vault_backups: bool
    cache_node: str
    cache_nodes: int
    kafka_broker: str
    kafka_brokers: int
    kafka_storage_gb: int
    kafka_monitoring: str
    documents_instances: int
    documents_capacity_units_max: float
    deletion_protection: bool

    # functions
    concurrency: Concurrency | None
    reserves_concurrency: bool
    pollers: Pollers | None
    log_retention: RetentionDays

    # the gateway's own limits; the exact limit per address is the functions'
    throttle_requests_per_second: int
    throttle_burst: int
    waf_requests_per_minute: int

    def at(self, domain: str | None) -> "StageConfig":
        """The same stage under the domain of whoever deploys it; without one as it is."""
        return self if domain is None else replace(self, domain=domain)

    @property
    def has_own_domain(self) -> bool:
        """Whether the stage can be deployed: tokens, mails and alarms carry the domain."""
        return not self.domain.endswith(".example")

    @property
    def cors_origins(self) -> tuple[str, ...]:
        """Which pages a browser lets call us: the stage's own application, or those on a developer's machine."""
        return self.local_origins or (f"https://app.{self.domain}",)

    @property
    def alarm_email(self) -> str | None:
        """Who is called; the address confirms its subscription once."""
        return f"operations@{self.domain}" if self.alarms_by_email else None

    @property
    def token_issuer(self) -> str:
        """Who signs this stage's access tokens (RFC 7519 `iss`)."""
        return f"https://{self.domain}"

    @property
    def metrics_namespace(self) -> str:
        """Where the functions' own metrics are: stages may share an account."""
        return f"Paycore/{self.name}"

    @property
    def mail_sender(self) -> str:
        """The sender of every e-mail; the domain is a verified SES identity."""
        return f"no-reply@{self.domain}"
