"""The synthesized CloudFormation templates of the dev stage: what runs locally is read from what CDK deploys."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.configuration import Configuration
from local.synthesis import synthesize_if_changed

REGION = "us-east-1"
ACCOUNT = "000000000000"  # the account that MiniStack answers for

PSEUDO_PARAMETERS = {
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
}
# What stands for a `Ref` locally: secrets and parameters are found by name, not by ARN.
NAME_PROPERTY = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::SSM::Parameter": "Name",
    "AWS::MSK::Topic": "TopicName",
    "AWS::Events::Rule": "Name",
}


class OnlyAwsKnows(LookupError):
    """An expression of the template has no value before the stack is deployed."""


@dataclass(frozen=True)
class Resource:
    """One resource of one stack."""

    stack: str
    logical_id: str
    kind: str
    properties: Mapping[str, Any]
    metadata: Mapping[str, Any]


class Template:
    """All stacks of a stage as one: finds resources by kind and follows references, across stacks too."""

    def __init__(self, stacks: Mapping[str, Mapping[str, Any]]) -> None:
        self._resources: dict[tuple[str, str], Resource] = {}
        self._exports: dict[str, tuple[str, Any]] = {}
        self._parameters = {stack: body.get("Parameters", {}) for stack, body in stacks.items()}
        for stack, body in stacks.items():
            for logical_id, raw in body.get("Resources", {}).items():
                self._resources[stack, logical_id] = Resource(
                    stack, logical_id, raw["Type"], raw.get("Properties", {}), raw.get("Metadata", {})
                )
            for output in body.get("Outputs", {}).values():
                if name := output.get("Export", {}).get("Name"):
                    self._exports[name] = (stack, output["Value"])

    def of_kind(self, kind: str) -> list[Resource]:
        """The resources of one CloudFormation type, in the template's order."""
        return [resource for resource in self._resources.values() if resource.kind == kind]

    def referenced(self, stack: str, expression: Any) -> Iterator[Resource]:
        """Every resource that the expression mentions, however deep inside joins and lists."""
        if isinstance(expression, list):
            for part in expression:
                yield from self.referenced(stack, part)
        elif isinstance(expression, Mapping):
            for function, argument in expression.items():
                if function == "Fn::ImportValue":
                    yield from self.referenced(*self._export(stack, argument))
                elif function in {"Ref", "Fn::GetAtt"}:
                    logical_id = argument if function == "Ref" else argument[0]
                    if resource := self._resources.get((stack, logical_id)):
                        yield resource
                else:
                    yield from self.referenced(stack, argument)

    def the(self, stack: str, expression: Any, kind: str) -> Resource:
        """The one resource of this kind that the expression mentions."""
        found = [resource for resource in self.referenced(stack, expression) if resource.kind == kind]
        if len(found) != 1:
            raise LookupError(f"expected one {kind} in {expression!r}, found {len(found)}")
        return found[0]

    def value(self, stack: str, expression: Any) -> Any:
        """The expression with its references replaced by what they mean locally; raises OnlyAwsKnows."""
        if isinstance(expression, list):
            return [self.value(stack, part) for part in expression]
        if not isinstance(expression, Mapping):
            return expression
        match list(expression.items()):
            case [("Ref", str(name))]:
                return self._reference(stack, name)
            case [("Fn::GetAtt", [str(logical_id), "Arn"])]:
                return self._arn(stack, logical_id)
            case [("Fn::Join", [str(separator), parts])]:
                return separator.join(str(part) for part in self.value(stack, parts))
            case [("Fn::ImportValue", name)]:
                return self.value(*self._export(stack, name))
            case [(str(function), _)] if function.startswith("Fn::"):
                raise OnlyAwsKnows(json.dumps(expression))
        return {key: self.value(stack, part) for key, part in expression.items()}

    def _export(self, stack: str, name: Any) -> tuple[str, Any]:
        resolved = self.value(stack, name)
        if resolved not in self._exports:
            raise LookupError(f"no stack exports {resolved}")
        return self._exports[resolved]

    def _reference(self, stack: str, name: str) -> Any:
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        parameter = self._parameters.get(stack, {}).get(name, {})
        if parameter.get("Type", "").startswith("AWS::SSM::Parameter::Value"):
            return f"{{{{resolve:ssm:{parameter['Default']}}}}}"  # CloudFormation's other way to say it
        resource = self._resources.get((stack, name))
        if resource is None or NAME_PROPERTY.get(resource.kind) not in resource.properties:
            raise OnlyAwsKnows(f"Ref {name} in {stack}")
        return self.value(stack, resource.properties[NAME_PROPERTY[resource.kind]])

    def _arn(self, stack: str, logical_id: str) -> str:
        resource = self._resources.get((stack, logical_id))
        if resource is None or resource.kind != "AWS::Lambda::Function":
            raise OnlyAwsKnows(f"ARN of {logical_id} in {stack}")
        return function_arn(self._reference(stack, logical_id))


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def load_template(configuration: Configuration) -> Template:
    """The dev stage's template, synthesized first if its sources changed."""
    synthesize_if_changed(configuration)
    return read_template(configuration.template_folder)


def read_template(folder: Path) -> Template:
    """The template as it lies in a folder of CDK's output."""
    suffix = ".template.json"
    files = sorted(folder.glob(f"*{suffix}"))
    if not files:
        raise FileNotFoundError(f"no synthesized stack in {folder}")
    return Template({file.name.removesuffix(suffix): json.loads(file.read_text()) for file in files})
