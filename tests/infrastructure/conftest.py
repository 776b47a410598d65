"""Every stage synthesized once for all tests of the infrastructure, with cdk-nag as the gate."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Debian's Node is old; the variable lists the major versions to be silent about.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "18,20")
os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")

from aws_cdk import App

from cdk.application import build
from cdk.environments import STAGES

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("network", "data", "services", "observability")

Resources = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Synthesized:
    """The templates of one stage."""

    stage: str
    templates: Mapping[str, dict[str, Any]]

    def resources(self, *kinds: str) -> Resources:
        """The resources of these CloudFormation types, from all stacks; of every type when none is named."""
        return {
            f"{stack}/{name}": resource
            for stack, template in self.templates.items()
            for name, resource in template["Resources"].items()
            if not kinds or resource["Type"] in kinds
        }

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """The properties of each resource of the type."""
        return [resource["Properties"] for resource in self.resources(kind).values()]

    def functions(self) -> dict[str, dict[str, Any]]:
        """The properties of our own functions by name, without those that CDK adds for itself."""
        functions = self.properties("AWS::Lambda::Function")
        return {each["FunctionName"]: each for each in functions if "FunctionName" in each}


def synthesize(stage: str, folder: Path, domain: str | None = None) -> Synthesized:
    """What `cdk synth -c stage=<stage> -c domain=<domain>` does, without copying the layers into the output."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(outdir=str(folder), context=context | {"aws:cdk:disable-asset-staging": True})
    build(app, stage, domain)
    app.synth()
    files = {stack: folder / f"paycore-{stage}-{stack}.template.json" for stack in STACKS}
    return Synthesized(stage, {stack: json.loads(file.read_text()) for stack, file in files.items()})


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """All stages by name."""
    return {name: synthesize(name, tmp_path_factory.mktemp(name)) for name in STAGES}


@pytest.fixture(scope="session", params=STAGES)
def stage(request: pytest.FixtureRequest, stages: dict[str, Synthesized]) -> Synthesized:
    """Each stage in turn."""
    return stages[request.param]


@pytest.fixture(scope="session")
def dev(stages: dict[str, Synthesized]) -> Synthesized:
    """The stage that also runs locally."""
    return stages["dev"]
