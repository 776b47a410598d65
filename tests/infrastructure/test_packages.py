"""What each function carries: no more than it may weigh, and all that it imports."""

import importlib.metadata
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdk.catalog import FUNCTIONS
from cdk.packaging import BUILD, RUNTIME_LIBRARIES
from cdk.specs import LAYERS, FunctionSpec
from tests.infrastructure.conftest import ROOT, Synthesized

MEGABYTE = 1_000_000

# Lambda's own limit is 250 MB; what is loaded at a cold start should stay far below.
AUTHORIZER_MB_MAX = 45
FUNCTION_MB_MAX = 110

# Of these only what a token is verified with may be loaded by the authorizer.
FOREIGN_TO_THE_AUTHORIZER = ("fastapi", "starlette", "sqlalchemy", "boto3", "botocore", "redis", "pydantic")


def name_of(spec: FunctionSpec) -> str:
    return spec.name


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def unzipped_size(spec: FunctionSpec) -> int:
    """The function's own code and its layers, as Lambda unpacks them."""
    return size_of(ROOT / "functions" / spec.service) + sum(size_of(BUILD / "aws" / name) for name in spec.layers)


@pytest.fixture(scope="module")
def task_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder per service, as its zip has it: the package marker and the one service."""
    root = tmp_path_factory.mktemp("task-root")
    for service in {spec.service for spec in FUNCTIONS}:
        package = root / service / "functions"
        package.mkdir(parents=True)
        (package / "__init__.py").write_bytes((ROOT / "functions" / "__init__.py").read_bytes())
        (package / service).symlink_to(ROOT / "functions" / service)
    return root


def run_alone(spec: FunctionSpec, task_root: Path, code: str, variables: dict[str, str]) -> str:
    """Runs code in a fresh interpreter that sees its own code, its layers and the runtime: nothing installed."""
    layers = [BUILD / "local" / name / "python" for name in (*spec.layers, "runtime")]
    environment = variables | {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(map(str, (task_root / spec.service, *layers))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": spec.function_name("dev"),
    }
    # -S and -s: no site-packages, neither of this environment nor of the machine or the user.
    command = [sys.executable, "-S", "-s", "-c", code]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    return run.stdout


def variables_in_dev(spec: FunctionSpec, dev: Synthesized) -> dict[str, str]:
    """The function's variables; what only AWS knows is an address that nothing answers at."""
    declared = dev.functions()[spec.function_name("dev")]["Environment"]["Variables"]
    return {name: value if isinstance(value, str) else "127.0.0.1" for name, value in declared.items()}


class TestSize:
    def test_every_function_is_light(self, capsys: pytest.CaptureFixture[str]) -> None:
        sizes = {spec.name: unzipped_size(spec) / MEGABYTE for spec in FUNCTIONS}
        with capsys.disabled():
            rows = [f"  {name:<28}{size:6.1f} MB" for name, size in sizes.items()]
            sys.stdout.write("\nunzipped, with layers:\n" + "\n".join(rows) + "\n")
        assert sizes.pop("authorizer-token") <= AUTHORIZER_MB_MAX
        assert max(sizes.values()) <= FUNCTION_MB_MAX


class TestLayers:
    @staticmethod
    def versions(layer: str) -> Iterator[tuple[str, str]]:
        for each in importlib.metadata.distributions(path=[str(BUILD / "aws" / layer / "python")]):
            yield each.name, each.version

    @pytest.mark.parametrize("layer", LAYERS)
    def test_hold_nothing_that_the_runtime_has(self, layer: str) -> None:
        assert not {name for name, _ in self.versions(layer)} & set(RUNTIME_LIBRARIES)

    @pytest.mark.parametrize("layer", LAYERS)
    def test_hold_only_binaries_that_aws_can_load(self, layer: str) -> None:
        binaries = list((BUILD / "aws" / layer).rglob("*.so"))
        wrong = [path.name for path in binaries if machine_of(path) != "aarch64"]
        assert not wrong

    def test_hold_one_version_of_each_library(self) -> None:
        found = {pair for layer in LAYERS for pair in self.versions(layer)}
        assert len(found) == len({name for name, _ in found})

    @pytest.mark.parametrize("spec", FUNCTIONS, ids=name_of)
    def test_of_a_function_never_hold_a_library_twice(self, spec: FunctionSpec) -> None:
        names = [name for layer in spec.layers for name, _ in self.versions(layer)]
        assert len(names) == len(set(names))

    def test_carry_the_kernel_and_the_authorities_of_amazon(self) -> None:
        common = BUILD / "aws" / "common"
        kernel = common / "python" / "paycore" / "settings.py"
        assert kernel.read_bytes() == (ROOT / "layers/common/python/paycore/settings.py").read_bytes()
        assert "Amazon RDS us-east-1" in (common / "certificates" / "amazon-rds.pem").read_text()


class TestImports:
    @pytest.mark.parametrize("spec", FUNCTIONS, ids=name_of)
    def test_a_handler_needs_only_its_own_code_and_layers(
        self, spec: FunctionSpec, task_root: Path, dev: Synthesized
    ) -> None:
        code = f"import importlib; assert callable(importlib.import_module({spec.handler[:-8]!r}).handler)"
        run_alone(spec, task_root, code, variables_in_dev(spec, dev))

    def test_the_authorizer_loads_no_framework(self, task_root: Path, dev: Synthesized) -> None:
        (spec,) = (each for each in FUNCTIONS if each.service == "authorizer")
        code = f"import {spec.handler[:-8]}, sys; print(*sorted({{n.split('.')[0] for n in sys.modules}}))"
        loaded = set(run_alone(spec, task_root, code, variables_in_dev(spec, dev)).split())
        assert not loaded & set(FOREIGN_TO_THE_AUTHORIZER)


def machine_of(binary: Path) -> str:
    """The processor that an ELF file is for (System V ABI: e_machine at offset 18)."""
    number = int.from_bytes(binary.read_bytes()[18:20], "little")
    return {183: "aarch64", 62: "x86_64"}.get(number, str(number))
