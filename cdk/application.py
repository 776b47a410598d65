"""The stacks of one stage, and the rules that they are checked against while they are synthesized."""

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from cdk.environments import STAGES
from cdk.stacks.data import DataStack
from cdk.stacks.network import NetworkStack
from cdk.stacks.observability import ObservabilityStack
from cdk.stacks.services import ServicesStack


def build(app: App, stage: str, domain: str | None = None) -> None:
    """Adds the stage's stacks to the app; raises KeyError for a stage that does not exist."""
    config = STAGES[stage].at(domain)
    network = NetworkStack(app, config)
    data = DataStack(app, config, network)
    ServicesStack(app, config, network, data)
    ObservabilityStack(app, config)
    for key, value in {"system": "paycore", "stage": config.name}.items():
        # CDK would tag the proxy's target group, which CloudFormation does not know how to do.
        Tags.of(app).add(key, value, exclude_resource_types=["AWS::RDS::DBProxyTargetGroup"])
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
