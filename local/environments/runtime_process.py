"""Starts the process of an environment: the base interpreter, our search path, no inheritance from the developer."""

import asyncio
import ctypes
import signal
import sys

from local.configuration import Configuration
from local.environments.code import process_variables
from local.environments.specification import Function

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
# Not the .venv's interpreter, and -s -S -P: no site-packages of anyone, no current folder on the path.
INTERPRETER = (str(getattr(sys, "_base_executable", sys.executable)), "-s", "-S", "-P")


def die_with_parent() -> None:
    """Runs in the child: the kernel ends it when the gateway's process ends, however that happens."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


async def launch(
    function: Function, configuration: Configuration, runtime_api: str, output: int
) -> asyncio.subprocess.Process:
    """A new process of the genuine runtime client; it writes its output to the descriptor itself."""
    return await asyncio.create_subprocess_exec(
        *(*INTERPRETER, "-m", "awslambdaric", function.handler),
        env=process_variables(function, configuration, runtime_api),
        cwd=configuration.home / "code" / function.name,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        preexec_fn=die_with_parent,
    )
