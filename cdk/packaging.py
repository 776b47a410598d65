"""Builds the Lambda layers, without Docker: once for AWS and once for the functions on this machine.

`python -m cdk.packaging` writes build/layers/aws/<layer>/python (wheels for Python 3.13 on arm64) and
build/layers/local/<layer>/python (this interpreter), plus local/runtime: what the AWS runtime itself ships.
A layer whose inputs did not change is left alone.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cdk.bytecode import aws_interpreter, compile_hashed
from cdk.catalog import FUNCTIONS
from cdk.specs import LAYERS

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "layers"
KERNEL = ROOT / "layers" / "common" / "python" / "paycore"
CONSTRAINTS = ROOT / "constraints.txt"
CERTIFICATES = ROOT / "cdk" / "certificates"

# What Lambda's Python runtime already has; 30 MB that no layer carries a second time.
RUNTIME_LIBRARIES = ("awslambdaric", "boto3", "botocore", "s3transfer")
RUNTIME_REQUIREMENTS = "awslambdaric\nboto3\n"

# Amazon Linux 2023, on which the python3.13 runtime stands, has glibc 2.34.
AWS_PLATFORM = ("--python-platform", "aarch64-manylinux_2_34", "--python-version", "3.13")
LOCAL_PLATFORM = ("--python", sys.executable)

# Installer's notes that nothing reads at run time; METADATA and entry_points.txt stay for importlib.metadata.
DROPPED = ("bin", "*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED", ".lock")


@dataclass(frozen=True)
class Layer:
    """One layer on one platform: the libraries of a requirements file that no accompanying layer has."""

    name: str
    target: str
    requirements: str
    accompanied_by: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return BUILD / self.target / self.name

    @property
    def platform(self) -> tuple[str, ...]:
        return AWS_PLATFORM if self.target == "aws" else LOCAL_PLATFORM

    @property
    def interpreter(self) -> str | None:
        return aws_interpreter() if self.target == "aws" else sys.executable

    def fingerprint(self) -> str:
        """Changes whenever a fresh build could come out differently."""
        others = [requirements_of(name) for name in self.accompanied_by]
        builder = Path(__file__).read_text()
        # Not the interpreter's path: two environments of one Python would rebuild each other's layers.
        platform = (self.target, *AWS_PLATFORM, sys.version, f"compiled: {self.interpreter is not None}")
        text = "\0".join((builder, CONSTRAINTS.read_text(), self.requirements, *others, *platform))
        return hashlib.sha256(text.encode()).hexdigest()


def requirements_of(layer: str) -> str:
    """The requirements file of a shared layer, or of the service that alone needs the layer."""
    shared = ROOT / "layers" / layer / "requirements.txt"
    return (shared if shared.exists() else ROOT / "functions" / layer / "requirements.txt").read_text()


def companions(layer: str) -> tuple[str, ...]:
    """The earlier layers that every function with this layer also has: their libraries need no repetition."""
    with_it = [spec.layers[: spec.layers.index(layer)] for spec in FUNCTIONS if layer in spec.layers]
    return tuple(name for name in LAYERS if with_it and all(name in layers for layers in with_it))


def layers() -> Iterator[Layer]:
    """Every layer of both targets."""
    for target in ("aws", "local"):
        for name in LAYERS:
            yield Layer(name, target, requirements_of(name), companions(name))
    yield Layer("runtime", "local", RUNTIME_REQUIREMENTS, ())


def uv(*arguments: str, text: str | None = None) -> str:
    """Runs the environment's own uv; its messages are shown only when it fails."""
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    environment = os.environ | {"UV_PYTHON_DOWNLOADS": "never"}
    run = subprocess.run(command, input=text, capture_output=True, text=True, env=environment, check=False)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)}\n{run.stderr}")
    return run.stdout


def resolve(layer: Layer, requirements: str) -> set[str]:
    """The pinned closure of the requirements on the layer's platform, as `name==version` lines."""
    excluded = BUILD / "excluded.txt"
    excludes = () if layer.name == "runtime" else ("--excludes", str(excluded))
    options = ("--constraints", str(CONSTRAINTS), "--only-binary", ":all:", *layer.platform, *excludes)
    pins = uv("pip", "compile", "-", "--no-header", "--no-annotate", *options, text=requirements)
    return {line for line in pins.splitlines() if "==" in line}


def install(layer: Layer) -> None:
    """Builds the layer's folder afresh."""
    present = set().union(*(resolve(layer, requirements_of(name)) for name in layer.accompanied_by))
    pins = resolve(layer, layer.requirements) - present
    python = layer.folder / "python"
    shutil.rmtree(layer.folder, ignore_errors=True)
    python.mkdir(parents=True)
    options = ("--target", str(python), "--no-deps", "--link-mode", "copy", "--only-binary", ":all:")
    if pins:
        uv("pip", "install", *options, *layer.platform, *sorted(pins))
    for path in [path for pattern in DROPPED for path in python.glob(pattern)]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    compile_hashed(python, layer.interpreter)


def build(layer: Layer) -> bool:
    """Builds the layer if its inputs changed; tells whether it did."""
    stamp = BUILD / "stamps" / f"{layer.target}-{layer.name}"
    fingerprint = layer.fingerprint()
    if stamp.exists() and stamp.read_text() == fingerprint and layer.folder.is_dir():
        return False
    stamp.unlink(missing_ok=True)
    install(layer)
    stamp.write_text(fingerprint)
    return True


def source_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def place_kernel() -> bool:
    """Copies paycore into the AWS layer, if it changed, and links it into the local one: edits show."""
    link = BUILD / "local" / "common" / "python" / "paycore"
    if not link.is_symlink():
        link.symlink_to(os.path.relpath(KERNEL, link.parent), target_is_directory=True)
    interpreter = aws_interpreter()
    digest = hashlib.sha256(f"compiled: {interpreter is not None}".encode())
    for path in (*source_files(KERNEL), *source_files(CERTIFICATES)):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    stamp, copy = BUILD / "stamps" / "kernel", BUILD / "aws" / "common" / "python" / "paycore"
    if stamp.exists() and stamp.read_text() == digest.hexdigest() and copy.is_dir():
        return False
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(KERNEL, copy, ignore=shutil.ignore_patterns("__pycache__"))
    compile_hashed(copy, interpreter)
    # Amazon's certificate authorities for RDS and DocumentDB, which no system store holds.
    shutil.copytree(CERTIFICATES, BUILD / "aws" / "common" / "certificates", dirs_exist_ok=True)
    stamp.write_text(digest.hexdigest())
    return True


def main() -> None:
    """Builds what changed and names it."""
    (BUILD / "stamps").mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second build at the same moment waits, and finds nothing to do
        built = build_changed()
    if built:
        print(f"layers built: {', '.join(built)}")
    if aws_interpreter() is None:
        print("layers for AWS carry no compiled files: no Python 3.13 on this machine")


def build_changed() -> list[str]:
    """Builds every layer whose inputs changed; their names."""
    (BUILD / "excluded.txt").write_text("\n".join(RUNTIME_LIBRARIES))
    every = list(layers())
    with ThreadPoolExecutor(max_workers=2) as pool:
        done = pool.map(build, every)
    built = [f"{layer.target}/{layer.name}" for layer, fresh in zip(every, done, strict=True) if fresh]
    if place_kernel():
        built.append("aws/common/paycore")
    return built


if __name__ == "__main__":
    main()
