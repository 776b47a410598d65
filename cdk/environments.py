"""The stages: everything in which dev, staging and prod differ, and nothing else."""

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


# Cheap: one of everything, and about 206 dollars a month (docs/operations.md).
DEV = StageConfig(
    name="dev",
    domain="dev.paycore.example",
    local_origins=("http://localhost:3000", "http://127.0.0.1:3000"),
    documentation=True,
    alarms_by_email=False,
    availability_zones=2,
    nat_gateways=1,
    interface_endpoints=(),
    database_instance="t4g.micro",
    database_multi_az=False,
    database_storage_gb=20,
    database_storage_gb_max=100,
    backup_days=7,
    vault_backups=False,
    cache_node="cache.t4g.micro",
    cache_nodes=1,
    kafka_broker="kafka.t3.small",
    kafka_brokers=2,
    kafka_storage_gb=10,
    # Metrics per topic and broker cost 30 to 60 dollars a month; how far consumers are behind is among the free ones.
    kafka_monitoring="DEFAULT",
    documents_instances=1,
    documents_capacity_units_max=2,
    deletion_protection=False,
    concurrency=None,
    pollers=None,
    log_retention=RetentionDays.TWO_WEEKS,
    throttle_requests_per_second=5_000,
    throttle_burst=2_500,
    # above the highest policy that the functions grant, 1,000 a minute for an API key
    waf_requests_per_minute=2_000,
)

# Prod's shape at a smaller size, so that a rehearsal proves something.
STAGING = StageConfig(
    name="staging",
    domain="staging.paycore.example",
    local_origins=(),
    documentation=True,
    alarms_by_email=True,
    availability_zones=2,
    nat_gateways=2,
    interface_endpoints=(),
    database_instance="t4g.medium",
    database_multi_az=True,
    database_storage_gb=50,
    database_storage_gb_max=200,
    backup_days=14,
    vault_backups=False,
    cache_node="cache.t4g.small",
    cache_nodes=2,
    kafka_broker="kafka.t3.small",
    kafka_brokers=2,
    kafka_storage_gb=50,
    kafka_monitoring="PER_TOPIC_PER_BROKER",
    documents_instances=2,
    documents_capacity_units_max=4,
    deletion_protection=True,
    concurrency=Concurrency(minimum=2, maximum=10, utilization=0.7),
    pollers=None,
    log_retention=RetentionDays.ONE_MONTH,
    throttle_requests_per_second=5_000,
    throttle_burst=2_500,
    waf_requests_per_minute=2_000,
)

PROD = StageConfig(
    name="prod",
    domain="paycore.example",
    local_origins=(),
    documentation=False,
    alarms_by_email=True,
    availability_zones=3,
    nat_gateways=3,
    interface_endpoints=("secretsmanager", "lambda"),
    database_instance="m7g.large",
    database_multi_az=True,
    database_storage_gb=200,
    database_storage_gb_max=2_000,
    backup_days=35,
    vault_backups=True,
    cache_node="cache.m7g.large",
    cache_nodes=3,
    kafka_broker="kafka.m7g.large",
    kafka_brokers=3,
    kafka_storage_gb=200,
    kafka_monitoring="PER_TOPIC_PER_BROKER",
    documents_instances=3,
    documents_capacity_units_max=16,
    deletion_protection=True,
    concurrency=Concurrency(minimum=2, maximum=10, utilization=0.7),
    pollers=Pollers(minimum=1, maximum=3),
    log_retention=RetentionDays.ONE_YEAR,
    throttle_requests_per_second=10_000,
    throttle_burst=5_000,
    waf_requests_per_minute=2_000,
)

STAGES = {stage.name: stage for stage in (DEV, STAGING, PROD)}
