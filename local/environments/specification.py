"""What a local function is: its line of the template with every value resolved for this machine."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from local.configuration import STAGE, Configuration
from local.template import Resource, Template, function_arn
from local.variables import function_variables

# Enough to show concurrency on a small machine; each environment is a process of 60 to 90 MB.
API_ENVIRONMENTS = int(os.environ.get("PAYCORE_ENVIRONMENTS_API", "3"))
# Two, for the relay's next run begins a little before the last one ends.
OTHER_ENVIRONMENTS = int(os.environ.get("PAYCORE_ENVIRONMENTS_OTHER", "2"))


@dataclass(frozen=True)
class Function:
    """One Lambda function as the local environments run it."""

    name: str
    handler: str
    runtime: str
    timeout_seconds: float
    memory_mb: int
    layers: tuple[str, ...]
    variables: Mapping[str, str]
    environments_max: int
    prewarmed: bool

    @property
    def service(self) -> str:
        """The folder under functions/ that holds the code."""
        return self.handler.split(".")[1]

    @property
    def execution_env(self) -> str:
        """AWS_EXECUTION_ENV as AWS sets it, whatever interpreter runs here: the runtime client looks at it."""
        return f"AWS_Lambda_{self.runtime}"

    @cached_property
    def arn(self) -> str:
        return function_arn(self.name)


def functions_of(
    template: Template, configuration: Configuration, read_parameter: Callable[[str], str]
) -> dict[str, Function]:
    """Our functions by name; those that CDK adds for its own custom resources are left out."""
    serving = _mentioned(template, "AWS::ApiGateway::Method", "Integration")
    authorizing = _mentioned(template, "AWS::ApiGateway::Authorizer", "AuthorizerUri")
    found = {}
    for resource in template.of_kind("AWS::Lambda::Function"):
        if not str(resource.properties.get("Handler", "")).startswith("functions."):
            continue
        variables = function_variables(template, resource, configuration, read_parameter)
        wanted = API_ENVIRONMENTS if resource.logical_id in serving else OTHER_ENVIRONMENTS
        prewarmed = resource.logical_id in serving | authorizing
        function = _function(template, resource, variables, wanted, prewarmed=prewarmed)
        found[function.name] = function
    return found


def _mentioned(template: Template, kind: str, field: str) -> set[str]:
    """The ids of all resources that this field of the resources of a kind refers to."""
    return {
        mentioned.logical_id
        for resource in template.of_kind(kind)
        for mentioned in template.referenced(resource.stack, resource.properties.get(field))
    }


def _function(
    template: Template, resource: Resource, variables: Mapping[str, str], wanted: int, *, prewarmed: bool
) -> Function:
    properties = resource.properties
    layers = (
        template.the(resource.stack, layer, "AWS::Lambda::LayerVersion") for layer in properties.get("Layers", ())
    )
    return Function(
        name=template.value(resource.stack, properties["FunctionName"]),
        handler=properties["Handler"],
        runtime=properties["Runtime"],
        timeout_seconds=properties.get("Timeout", 3),  # Lambda's default
        memory_mb=properties.get("MemorySize", 128),  # Lambda's default
        layers=tuple(layer_name(template, layer) for layer in layers),
        variables=variables,
        environments_max=min(wanted, properties.get("ReservedConcurrentExecutions", wanted)),
        prewarmed=prewarmed,
    )


def layer_name(template: Template, layer: Resource) -> str:
    """`http` for the layer `paycore-dev-http`: the folder under build/layers/local/."""
    name: str = template.value(layer.stack, layer.properties["LayerName"])
    return name.removeprefix(f"paycore-{STAGE}-")
