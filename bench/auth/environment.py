"""Runs a part of `inside.py` in a function's environment: its code, its layers with their bytecode, its variables."""

import json
import subprocess
from pathlib import Path
from typing import Any

from local.aws_endpoint import ssm_parameters
from local.configuration import STAGE, Configuration
from local.environments.code import process_variables, task_root
from local.environments.runtime_process import INTERPRETER
from local.environments.specification import functions_of
from local.template import load_template

PROGRAM = Path(__file__).with_name("inside.py")
PATIENCE_S = 600
EVENTS = Path(__file__).resolve().parents[2] / "events"


def figures(configuration: Configuration, function: str, part: str, **facts: Any) -> dict[str, float]:
    """What the part printed; raises subprocess.CalledProcessError with its error on the console."""
    functions = functions_of(load_template(configuration), configuration, ssm_parameters(configuration))
    found = functions[f"paycore-{STAGE}-{function}"]
    root = task_root(found, configuration)
    run = subprocess.run(
        [*INTERPRETER, str(PROGRAM), part],
        env=process_variables(found, configuration, "127.0.0.1:1"),
        cwd=root,
        input=json.dumps(facts),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    printed: dict[str, float] = json.loads(run.stdout)
    return printed


def sample(name: str) -> dict[str, Any]:
    """A sample event of events/."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event
