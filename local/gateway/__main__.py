"""`python -m local.gateway`: serves the dev stage of the template until it is told to stop."""

import asyncio
import signal

import uvloop

from local.aws_endpoint import ssm_parameters
from local.configuration import load
from local.gateway.runtime import Runtime
from local.template import load_template


async def main() -> None:
    configuration = load()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runtime = Runtime(configuration, load_template(configuration), ssm_parameters(configuration))
    await runtime.serve(stopped)


if __name__ == "__main__":
    uvloop.run(main())
