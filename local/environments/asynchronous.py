"""Asynchronous calls as Lambda makes them: accepted at once, tried again after an error and while there is no room."""

import asyncio
import sys

from local.environments.fleet import Fleet
from local.environments.invocation import TooManyRequests

ERROR_RETRY_SECONDS = (60.0, 120.0)  # Lambda: two more tries, one minute and two minutes later
THROTTLE_RETRY_SECONDS = 1.0  # Lambda begins with one second
QUEUED_MAX = 1000


class AsynchronousCalls:
    """The accepted calls that are not finished."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self, name: str, payload: bytes, trace_id: str) -> None:
        """Takes the call over; raises TooManyRequests when too many are unfinished."""
        if len(self._tasks) >= QUEUED_MAX:
            raise TooManyRequests(name)
        task = asyncio.create_task(self._deliver(name, payload, trace_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, name: str, payload: bytes, trace_id: str) -> None:
        for wait in (*ERROR_RETRY_SECONDS, None):
            error = await self._try(name, payload, trace_id)
            if error is None:
                return
            print(f"asynchronous call of {name} failed: {error}", file=sys.stderr, flush=True)
            if wait is not None:
                await asyncio.sleep(wait)

    async def _try(self, name: str, payload: bytes, trace_id: str) -> str | None:
        """One attempt; the error's text if it failed."""
        while True:
            try:
                outcome = await self._fleet.submit(name, payload, trace_id)
            except TooManyRequests:
                await asyncio.sleep(THROTTLE_RETRY_SECONDS)
            else:
                return outcome.payload.decode(errors="replace") if outcome.error else None

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
