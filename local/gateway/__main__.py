"""`python -m local.gateway`: serves the dev stage of the template until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable

import uvloop

from local.aws_endpoint import client
from local.configuration import Configuration, load
from local.gateway.runtime import Runtime
from local.template import load_template


async def main() -> None:
    configuration = load()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runtime = Runtime(configuration, load_template(configuration), ssm_parameters(configuration))
    await runtime.serve(stopped)


def ssm_parameters(configuration: Configuration) -> Callable[[str], str]:
    """Reads the deployment's parameters from the local AWS endpoint."""
    parameters = client(configuration, "ssm")

    def read(name: str) -> str:
        return str(parameters.get_parameter(Name=name)["Parameter"]["Value"])

    return read


if __name__ == "__main__":
    uvloop.run(main())
