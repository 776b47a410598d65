"""How long a handler's import takes, from the built layers with their bytecode, above a bare interpreter."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from local.aws_endpoint import ssm_parameters
from local.configuration import Configuration
from local.environments.code import process_variables, task_root
from local.environments.runtime_process import INTERPRETER
from local.environments.specification import Function, functions_of
from local.template import load_template

RUNS = 3  # the fastest counts: what others do on the machine can only add
CODE = """
import importlib, time
started = time.perf_counter()
importlib.import_module({module!r})
print((time.perf_counter() - started) * 1000)
"""


@dataclass(frozen=True)
class Import:
    """One function's import in milliseconds, and what it may take (None: not promised)."""

    function: str
    milliseconds: float
    promised: float | None


def imports(configuration: Configuration) -> Iterator[Import]:
    """Every function of the template."""
    template = load_template(configuration)
    functions = functions_of(template, configuration, ssm_parameters(configuration))
    for name, function in sorted(functions.items()):
        fastest = min(_once(function, configuration) for _ in range(RUNS))
        yield Import(name, fastest, _promised(name))


def _promised(name: str) -> float | None:
    if name.endswith("-authorizer-token"):
        return 100.0
    return 700.0 if name.endswith("-api") else None


def _once(function: Function, configuration: Configuration) -> float:
    root = task_root(function, configuration)
    variables = process_variables(function, configuration, "127.0.0.1:1")
    code = CODE.format(module=function.handler.rpartition(".")[0])
    run = subprocess.run(
        [*INTERPRETER, "-c", code], env=variables, cwd=root, capture_output=True, text=True, check=True, timeout=60
    )
    return float(run.stdout.split()[-1])
