"""All functions of the stage with their environments: the one place that a function is called through."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from local.configuration import Configuration
from local.environments.invocation import Outcome
from local.environments.pool import Pool
from local.environments.specification import Function
from local.environments.watch import Changes

REAP_SECONDS = 10.0
STARTS_AT_ONCE = 2  # imports are bound by the processor, and a small machine has two cores


class Fleet:
    """The pools by function name."""

    def __init__(self, functions: Mapping[str, Function], configuration: Configuration) -> None:
        self._repository = configuration.repository
        self.pools = {name: Pool(function, configuration) for name, function in functions.items()}

    def submit(self, name: str, payload: bytes, trace_id: str = "") -> asyncio.Future[Outcome]:
        """The future answer; raises KeyError for a function that the template does not have."""
        return self.pools[name].submit(payload, trace_id)

    async def prewarm(self) -> None:
        """One environment for each function that a request may need first; prints those that do not start."""
        gate = asyncio.Semaphore(STARTS_AT_ONCE)

        async def warm(pool: Pool) -> None:
            async with gate:
                await pool.prewarm()
            if pool.init_failure:
                print(f"{pool.function.name} does not start: {pool.init_report()}", flush=True)

        await asyncio.gather(*(warm(pool) for pool in self.pools.values() if pool.function.prewarmed))

    async def keep(self) -> None:
        """Follows changes of the code and gives surplus environments back, for ever."""
        await asyncio.gather(self._follow_changes(), self._reap())

    async def close(self) -> None:
        await asyncio.gather(*(pool.close() for pool in self.pools.values()))

    async def _follow_changes(self) -> None:
        changes = Changes([self._repository / "functions", self._repository / "layers" / "common" / "python"])
        while True:
            await asyncio.sleep(changes.POLL_SECONDS)
            if changed := changes.since_last():
                for pool in self.pools.values():
                    if self._concerns(pool.function, changed):
                        pool.retire()

    def _concerns(self, function: Function, changed: set[Path]) -> bool:
        """A function sees its own service's folder, functions/__init__.py and the layers: not its neighbours."""
        services = self._repository / "functions"
        own = services / function.service
        return any(
            path.is_relative_to(own) or path.parent == services or not path.is_relative_to(services) for path in changed
        )

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(REAP_SECONDS)
            for pool in self.pools.values():
                pool.reap()
