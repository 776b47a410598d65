"""`make setup`: checks the machine, installs what is missing, builds the layers; a second time it does nothing."""

import fcntl

from local.progress import Progress
from local.setup import debian, machine, steps
from local.setup.step import TOOLS


def run_setup() -> None:
    """Everything that the other commands need; raises SetupError with what to do when it cannot."""
    (TOOLS / "stamps").mkdir(parents=True, exist_ok=True)
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make test` may run beside `make up`
        versions = machine.check_machine() | debian.ensure_packages()
        worked = [step.title for step in steps.all_steps() if step.ensure()]
        with Progress("Building the Lambda layers that changed"):
            report = steps.build_layers()
        print(report, end="")
    if worked:
        print("Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()))


def run_setup_sam() -> None:
    """`make sam`: the SAM CLI, which only `sam local` needs (and which itself needs Docker)."""
    run_setup()
    steps.tool_environment("sam").ensure()
    print(f"The SAM CLI is {TOOLS / 'sam' / 'bin' / 'sam'}")
