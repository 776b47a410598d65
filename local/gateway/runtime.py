"""The gateway's process: API Gateway, the Lambda environments and their Invoke API in one event loop."""

import asyncio
from collections.abc import Callable, Sequence

from local.configuration import HOST, Configuration
from local.environments.asynchronous import AsynchronousCalls
from local.environments.fleet import Fleet
from local.environments.invoke_api import INVOKE_LIMITS, InvokeConnection
from local.environments.specification import functions_of
from local.gateway.api import Api
from local.gateway.server import GATEWAY_LIMITS, GatewayConnection
from local.template import Template
from local.web.connection import Connections

BACKLOG = 1024


class Runtime:
    """Everything that answers for the template's API and functions."""

    def __init__(self, configuration: Configuration, template: Template, read_parameter: Callable[[str], str]) -> None:
        self._configuration = configuration
        self.fleet = Fleet(functions_of(template, configuration, read_parameter), configuration)
        self._api = Api(template, self.fleet, configuration)
        self._calls = AsynchronousCalls(self.fleet)
        self._clients, self._callers = Connections(GATEWAY_LIMITS), Connections(INVOKE_LIMITS)

    async def serve(self, stopped: asyncio.Event) -> None:
        """Answers until it is told to stop; says that it is ready once both ports are open."""
        ready = self._configuration.ready_file("gateway")
        ready.unlink(missing_ok=True)
        servers = [await self._listen_to_callers(), await self._listen_to_clients()]
        warming = asyncio.create_task(self.fleet.prewarm())
        chores = [
            asyncio.create_task(chore)
            for chore in (self._clients.sweep_forever(), self._callers.sweep_forever(), self.fleet.keep())
        ]
        ready.parent.mkdir(parents=True, exist_ok=True)
        ready.touch()
        try:
            await self._until(stopped, chores)
        finally:
            ready.unlink(missing_ok=True)
            for server in servers:
                server.close()
            warming.cancel()
            await self._close()

    async def _listen_to_clients(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(
            lambda: GatewayConnection(self._clients, self._api),
            HOST,
            self._configuration.ports.gateway,
            backlog=BACKLOG,
        )

    async def _listen_to_callers(self) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(
            lambda: InvokeConnection(self._callers, self.fleet, self._calls),
            HOST,
            self._configuration.ports.invoke,
            backlog=BACKLOG,
        )

    async def _until(self, stopped: asyncio.Event, chores: Sequence[asyncio.Task[None]]) -> None:
        """Returns when it is time to stop; raises what ended a chore, for a chore never ends by itself."""
        waiting = asyncio.create_task(stopped.wait())
        ended, going_on = await asyncio.wait([waiting, *chores], return_when=asyncio.FIRST_COMPLETED)
        for task in going_on:
            task.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)
        for task in ended:
            task.result()

    async def _close(self) -> None:
        self._calls.close()
        await self.fleet.close()
        self._clients.close()
        self._callers.close()
        self._api.close()
