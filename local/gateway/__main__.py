"""`python -m local.gateway`: API Gateway, the Lambda environments and their Invoke API in one event loop."""

import asyncio
import signal
from collections.abc import Callable
from typing import Any

import uvloop

from local.aws_endpoint import client
from local.configuration import HOST, Configuration, load
from local.environments.asynchronous import AsynchronousCalls
from local.environments.fleet import Fleet
from local.environments.invoke_api import INVOKE_LIMITS, InvokeConnection
from local.environments.specification import functions_of
from local.gateway.api import Api
from local.gateway.server import GATEWAY_LIMITS, GatewayConnection
from local.template import load_template
from local.web.connection import Connections

BACKLOG = 1024


async def serve(configuration: Configuration) -> None:
    """Answers until it is told to stop."""
    ready = configuration.ready_file("gateway")
    ready.unlink(missing_ok=True)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    template = load_template(configuration)
    functions = functions_of(template, configuration, ssm_parameters(configuration))
    fleet = Fleet(functions, configuration)
    api, calls = Api(template, fleet, configuration), AsynchronousCalls(fleet)
    clients, callers = Connections(GATEWAY_LIMITS), Connections(INVOKE_LIMITS)
    servers = [
        await loop.create_server(
            lambda: InvokeConnection(callers, fleet, calls), HOST, configuration.ports.invoke, backlog=BACKLOG
        ),
        await loop.create_server(
            lambda: GatewayConnection(clients, api), HOST, configuration.ports.gateway, backlog=BACKLOG
        ),
    ]
    chores = asyncio.gather(clients.sweep_forever(), callers.sweep_forever(), fleet.keep())
    warming = asyncio.create_task(fleet.prewarm())
    ready.parent.mkdir(parents=True, exist_ok=True)
    ready.touch()
    ended = asyncio.create_task(stopped.wait())
    first: list[asyncio.Future[Any]] = [ended, chores]
    await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
    ready.unlink(missing_ok=True)
    for server in servers:
        server.close()
    calls.close()
    warming.cancel()
    await fleet.close()
    clients.close()
    callers.close()
    api.close()
    if chores.done():
        chores.result()  # a chore never ends by itself: this raises what stopped it


def ssm_parameters(configuration: Configuration) -> Callable[[str], str]:
    """Reads the deployment's parameters from the local AWS endpoint."""
    parameters = client(configuration, "ssm")

    def read(name: str) -> str:
        return str(parameters.get_parameter(Name=name)["Parameter"]["Value"])

    return read


if __name__ == "__main__":
    uvloop.run(serve(load()))
