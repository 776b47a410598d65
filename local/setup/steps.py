"""Everything that is downloaded or built: Python environments, npm packages, Kafka's jars, the Lambda layers."""

import re
import shutil
from pathlib import Path

from local.configuration import REPOSITORY
from local.setup.step import INTERPRETER, TOOLS, Step, execute

ENVIRONMENT = REPOSITORY / ".venv"
UV = TOOLS / "uv" / "bin" / "uv"
UV_SETTINGS = {"UV_PYTHON_DOWNLOADS": "never"}
CONSTRAINTS = REPOSITORY / "constraints.txt"
POM = REPOSITORY / "local" / "kafka" / "pom.xml"


def all_steps() -> list[Step]:
    """In the order in which they are done; the layers are built by the finished environment."""
    steps = [uv(), development_environment(), tool_environment("ministack"), npm_packages(), kafka_jars()]
    if shutil.which("mongod") is None:
        steps.append(tool_environment("documents"))
    return steps


def uv() -> Step:
    """uv, at the version of constraints.txt, in an environment of its own."""
    match = re.search(r"^uv==(\S+)", CONSTRAINTS.read_text(), re.MULTILINE)
    if match is None:
        raise LookupError("constraints.txt does not pin uv")

    def run() -> None:
        folder = UV.parent.parent
        execute([INTERPRETER, "-m", "venv", "--clear", folder])
        execute([folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", match[0]])

    return Step("Installing uv", [match[0]], [UV], run)


def development_environment() -> Step:
    """.venv: every runtime library, CDK and the tools, with the kernel as an editable package."""
    requirements = [REPOSITORY / "requirements.txt", *sorted(REPOSITORY.glob("layers/*/requirements.txt")),
                    *sorted(REPOSITORY.glob("functions/*/requirements.txt"))]  # fmt: skip
    inputs = [CONSTRAINTS, *requirements, REPOSITORY / "layers" / "common" / "pyproject.toml"]

    def run() -> None:
        create_environment(ENVIRONMENT)
        packages = ["-r", "requirements.txt", "-c", "constraints.txt", "-e", "layers/common"]
        uv_install(ENVIRONMENT, *packages)

    return Step("Installing the Python packages", inputs, [ENVIRONMENT / "bin" / "python"], run)


def tool_environment(name: str) -> Step:
    """A third-party Python program with a lock file and an environment of its own."""
    folder, lock = TOOLS / name, REPOSITORY / "local" / f"requirements-{name}.txt"

    def run() -> None:
        create_environment(folder)
        uv_install(folder, "--require-hashes", "-r", str(lock))

    return Step(f"Installing {name}", [lock], [folder / "bin" / "python"], run)


def create_environment(folder: Path) -> None:
    execute([UV, "venv", "--quiet", "--clear", "--python", INTERPRETER, folder], UV_SETTINGS)


def uv_install(folder: Path, *packages: str) -> None:
    python = folder / "bin" / "python"
    execute([UV, "pip", "install", "--quiet", "--python", python, *packages], UV_SETTINGS)


def npm_packages() -> Step:
    """The CDK CLI and the mailbox, exactly as package-lock.json says."""
    modules = REPOSITORY / "node_modules"
    inputs = [REPOSITORY / "package.json", REPOSITORY / "package-lock.json"]
    outputs = [modules / ".bin" / "cdk", modules / ".bin" / "maildev"]
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]

    def run() -> None:
        execute(command)

    return Step("Installing the npm packages", inputs, outputs, run)


def kafka_jars() -> Step:
    """The broker's jars, by Maven."""
    folder = TOOLS / "kafka"

    def run() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
        execute(["mvn", "-B", "-q", "-f", POM, *goal])

    return Step("Downloading Kafka", [POM], [folder / "kafka_2.13-3.9.2.jar"], run)


def build_layers() -> str:
    """The Lambda layers, for AWS and for this machine; the builder skips what did not change. Returns its report."""
    return execute([ENVIRONMENT / "bin" / "python", "-m", "cdk.packaging"])
