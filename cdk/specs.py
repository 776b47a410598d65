"""The words of the catalog: what a function is and what can trigger it."""

from dataclasses import dataclass

from paycore.events.envelope import TOPICS

# Of every topic: as many batches of it are in work at once.
PARTITIONS = 3

LAYERS = (
    "common",
    "http",
    "sql",
    "user",
    "wallet",
    "transaction",
    "notification",
    "audit",
    "outbox",
    "edge",
    "migrate",
)

# By role: a little longer than its statement time-out, so that the server speaks first. That is 2 s for the API, which
# promises an answer within 3 s, and 30 s for a job. A migration has none: only its function's time ends it.
DATABASE_TIMEOUT_MS = {"app_rw": 2_300, "app_job": 31_000, "migrate": 300_000}


@dataclass(frozen=True)
class Authorizer:
    """Asked by API Gateway who the caller is."""


@dataclass(frozen=True)
class Routes:
    """Answers every method on each path prefix and below it.

    `protected` prefixes stand behind the authorizer, `public` ones do not; `documentation` ones are public
    and exist only in stages that publish the browsable documentation.
    """

    protected: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    documentation: tuple[str, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """Started by EventBridge every `minutes`."""

    name: str
    minutes: int


@dataclass(frozen=True)
class Consumer:
    """Receives batches of Kafka records; one event source mapping and one consumer group per topic."""

    topics: tuple[str, ...] = TOPICS


@dataclass(frozen=True)
class DeployStep:
    """Runs once in each deployment, before the functions that depend on its work are updated."""


@dataclass(frozen=True)
class Operator:
    """Started by nothing: an operator invokes it with credentials that may."""


Trigger = Authorizer | Routes | Schedule | Consumer | DeployStep | Operator


@dataclass(frozen=True)
class FunctionSpec:
    """One Lambda function: where it is, how large it is, which settings it reads and what triggers it.

    What it may do follows from `settings` (a database login, a secret, sending mail) and `publishes`.
    """

    service: str
    file: str
    trigger: Trigger
    layers: tuple[str, ...]
    settings: tuple[type, ...]
    memory_mb: int
    timeout_seconds: int
    database_user: str = "app_rw"
    publishes: tuple[str, ...] = ()
    # Executions at once that nobody else may take, and no more, in stages that set any aside.
    reserved: int | None = None

    @property
    def name(self) -> str:
        """The function's short name, unique in a stage: `wallet-api`."""
        return f"{self.service}-{self.file.removesuffix('_handler')}"

    @property
    def handler(self) -> str:
        """The handler string as Lambda imports it."""
        return f"functions.{self.service}.{self.file}.handler"

    @property
    def in_vpc(self) -> bool:
        """The authorizer needs keys only, no network: it starts faster outside."""
        return not isinstance(self.trigger, Authorizer)

    @property
    def tells_health(self) -> bool:
        """Whether the function answers for its own service under /health."""
        return isinstance(self.trigger, Routes) and f"/health/{self.service}" in self.trigger.public

    def consumer_group(self, topic: str) -> str:
        """The Kafka group that reads the topic for this function; unique per event source mapping."""
        return f"paycore-{self.service}-{topic}"

    def function_name(self, stage: str) -> str:
        """The name on AWS: `paycore-dev-wallet-api`."""
        return f"paycore-{stage}-{self.name}"

    def log_group_name(self, stage: str) -> str:
        """Where its log is, by the name that Lambda itself would choose."""
        return f"/aws/lambda/{self.function_name(stage)}"
