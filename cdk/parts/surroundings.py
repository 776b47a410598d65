"""What every function is built in: its stage, the data stores it may use, the API it stands behind."""

from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_lambda as lambda_

from cdk.catalog import FUNCTIONS
from cdk.stacks.data import DataStack
from cdk.stacks.network import NetworkStack
from cdk.stage_config import StageConfig

# The alias of a function whose environments are kept warm.
LIVE = "live"


@dataclass(frozen=True)
class Surroundings:
    """The surroundings of the functions. `jwks` and `processor_url` are known at deployment only."""

    stack: Stack
    config: StageConfig
    network: NetworkStack
    data: DataStack
    layers: dict[str, lambda_.ILayerVersion]
    jwks: str
    processor_url: str

    def secret_name(self, purpose: str) -> str:
        """The explicit name of a secret: `paycore/dev/redis`."""
        return f"paycore/{self.config.name}/{purpose}"

    def secret_arn(self, purpose: str) -> str:
        """The secret's ARN; its last six characters are AWS's own and known only after creation."""
        return self.stack.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{self.secret_name(purpose)}-??????",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )

    def health_functions(self) -> dict[str, str]:
        """Service -> the function that answers for its health, as the API itself reaches it."""
        suffix = "" if self.config.concurrency is None else f":{LIVE}"
        return {
            spec.service: f"{spec.function_name(self.config.name)}{suffix}" for spec in FUNCTIONS if spec.tells_health
        }

    def topic_arn(self, topic: str) -> str:
        """The ARN that kafka-cluster permissions name a topic by."""
        return self.data.events.arn_of("topic", topic)

    def group_arn(self, group: str) -> str:
        """The ARN that kafka-cluster permissions name a consumer group by."""
        return self.data.events.arn_of("group", group)
