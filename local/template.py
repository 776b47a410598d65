"""The synthesized CloudFormation templates of the dev stage: what runs locally is read from what CDK deploys.

`python -m local.template` synthesizes if the sources changed; every reader does the same through `load_template`.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.configuration import STAGE, Configuration, load

REGION = "us-east-1"
ACCOUNT = "000000000000"  # the account that MiniStack answers for
STAMP = "sources.sha256"

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


def synthesize_if_changed(configuration: Configuration) -> bool:
    """Runs `cdk synth` when the sources differ from those of the last run; tells whether it did."""
    folder, repository = configuration.template_folder, configuration.repository
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / STAMP
    with (folder.parent / f"{STAGE}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # gateway, poller and scheduler start at the same moment
        fingerprint = source_fingerprint(repository)
        if stamp.exists() and stamp.read_text() == fingerprint:
            return False
        stamp.unlink(missing_ok=True)
        synthesize(repository, folder)
        stamp.write_text(fingerprint)
    return True


def source_fingerprint(repository: Path) -> str:
    """A hash of everything the templates are made from, and of the names of the handlers."""
    kernel = repository / "layers" / "common" / "python" / "paycore"
    sources = [repository / "app.py", repository / "cdk.json", *sorted((repository / "cdk").rglob("*.py"))]
    sources += [kernel / "settings.py", kernel / "metric_names.py"]  # cdk/ imports these two
    handlers = sorted(path.relative_to(repository) for path in repository.glob("functions/*/*_handler.py"))
    digest = hashlib.sha256("\n".join(map(str, handlers)).encode())
    for path in sources:
        if path.exists():
            digest.update(f"\0{path.relative_to(repository)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def synthesize(repository: Path, folder: Path) -> None:
    """Runs the repository's own CDK CLI; its messages are shown only when it fails."""
    app = f"{sys.executable} {repository / 'app.py'}"
    command = [str(repository / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", "--no-notices"]
    command += ["--app", app, "--output", str(folder), "--context", f"stage={STAGE}"]
    silence = {"CDK_DISABLE_CLI_TELEMETRY": "1", "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"}
    environment = os.environ | silence
    run = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"cdk synth failed\n{run.stdout}{run.stderr}")


if __name__ == "__main__":
    print("synthesized" if synthesize_if_changed(load()) else "unchanged")
