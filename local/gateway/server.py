"""The gateway's listener: connections whose requests the API answers, each as a task of its own."""

import asyncio

from local.gateway.api import Api
from local.gateway.exchange import Exchange
from local.web.connection import Connection, Connections
from local.web.request import Limits, Request

GATEWAY_LIMITS = Limits(
    target_bytes=8192,
    head_bytes=10_240,  # API Gateway: request line and headers together
    body_bytes=10 * 1024 * 1024,  # API Gateway
    idle_seconds=310.0,  # API Gateway's idle connection time-out
    request_seconds=30.0,  # a whole request; API Gateway does not tell its own figure
)


class GatewayConnection(Connection):
    """One client of the API."""

    def __init__(self, connections: Connections, api: Api) -> None:
        super().__init__(connections)
        self._api = api
        self._task: asyncio.Task[None] | None = None  # the loop itself keeps no strong reference

    def received(self, request: Request) -> None:
        self._task = self._loop.create_task(self._answer(self._api.exchange(request, self.peer)))

    def refused(self, request: Request, status: int) -> None:
        self.answer(*self._api.unreadable(self._api.exchange(request, self.peer), status))

    async def _answer(self, exchange: Exchange) -> None:
        try:
            answer = await self._api.answer(exchange)
        except Exception:  # a bug of the gateway itself: the client must not hang; the loop reports it
            self.transport.abort()
            raise
        self.answer(*answer)
