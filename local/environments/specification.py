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
OTHER_ENVIRONMENTS = int(os.environ.get("PAYCORE_ENVIRONMENTS_OTHER", "1"))


@dataclass(frozen=True)
class Function:
    """One Lambda function as the local environments run it."""

    name: str
    handler: str
    timeout_seconds: float
    memory_mb: int
    layers: tuple[str, ...]
    variables: Mapping[str, str]
    environments_max: int
    serves_api: bool

    @property
    def service(self) -> str:
        """The folder under functions/ that holds the code."""
        return self.handler.split(".")[1]

    @cached_property
    def arn(self) -> str:
        return function_arn(self.name)


def functions_of(
    template: Template, configuration: Configuration, read_parameter: Callable[[str], str]
) -> dict[str, Function]:
    """Our functions by name; those that CDK adds for its own custom resources are left out."""
    serving = {
        function.logical_id
        for method in template.of_kind("AWS::ApiGateway::Method")
        for function in template.referenced(method.stack, method.properties.get("Integration", {}))
    }
    found = {}
    for resource in template.of_kind("AWS::Lambda::Function"):
        if not str(resource.properties.get("Handler", "")).startswith("functions."):
            continue
        variables = function_variables(template, resource, configuration, read_parameter)
        function = _function(template, resource, variables, serves_api=resource.logical_id in serving)
        found[function.name] = function
    return found


def _function(template: Template, resource: Resource, variables: Mapping[str, str], *, serves_api: bool) -> Function:
    properties = resource.properties
    wanted = API_ENVIRONMENTS if serves_api else OTHER_ENVIRONMENTS
    layers = (
        template.the(resource.stack, layer, "AWS::Lambda::LayerVersion") for layer in properties.get("Layers", ())
    )
    return Function(
        name=template.value(resource.stack, properties["FunctionName"]),
        handler=properties["Handler"],
        timeout_seconds=properties.get("Timeout", 3),  # Lambda's default
        memory_mb=properties.get("MemorySize", 128),  # Lambda's default
        layers=tuple(layer_name(template, layer) for layer in layers),
        variables=variables,
        environments_max=min(wanted, properties.get("ReservedConcurrentExecutions", wanted)),
        serves_api=serves_api,
    )


def layer_name(template: Template, layer: Resource) -> str:
    """`http` for the layer `paycore-dev-http`: the folder under build/layers/local/."""
    name: str = template.value(layer.stack, layer.properties["LayerName"])
    return name.removeprefix(f"paycore-{STAGE}-")
