"""The environments of one function: gives each call an idle one, starts more up to the cap, queues the rest."""

import asyncio
import json
import time
from collections import deque
from functools import partial

from local.configuration import Configuration
from local.environments.code import task_root
from local.environments.environment import Environment
from local.environments.invocation import FunctionLog, Invocation, Outcome, TooManyRequests, error_payload
from local.environments.specification import Function

QUEUE_MAX = 256  # about a second of work for one function on two cores: more waiting would only time out
SURPLUS_SECONDS = 60.0  # an environment beyond the first that idles longer gives its memory back
LAST_SECONDS = 150.0  # so does the only one of a function that nobody waits for and no minute's schedule needs


class Pool:
    """All environments of one function and the calls that wait for one."""

    def __init__(self, function: Function, configuration: Configuration) -> None:
        task_root(function, configuration)
        self.function = function
        self._configuration = configuration
        self._log = FunctionLog(function, configuration.log_file(function.name))
        self._environments: set[Environment] = set()
        self._idle: list[Environment] = []
        self._waiting: deque[Invocation] = deque()
        self._runs: set[asyncio.Task[None]] = set()
        self._settled = asyncio.Event()
        self._closing = False
        self.init_failure: bytes | None = None

    def submit(self, payload: bytes, trace_id: str = "") -> asyncio.Future[Outcome]:
        """The future answer of the function; raises TooManyRequests."""
        invocation = Invocation(payload, trace_id, asyncio.get_running_loop().create_future())
        if self._idle:
            self._idle.pop().start(invocation)
            return invocation.future
        if len(self._waiting) >= QUEUE_MAX or self.function.environments_max == 0:
            raise TooManyRequests(self.function.name)
        self._waiting.append(invocation)
        self._start_missing()
        return invocation.future

    async def prewarm(self) -> None:
        """Starts the first environment and waits until it is ready or has failed."""
        if not self._environments and self.function.environments_max > 0:
            self._spawn()
        await self._settled.wait()

    def retire(self) -> None:
        """The code has changed: no environment that has the old one takes another call."""
        for environment in self._environments:
            environment.stale = True
        for environment in self._idle:
            environment.stop()
        had_some, self._idle = bool(self._environments), []
        if had_some and self.function.prewarmed:
            self._spawn()

    def reap(self) -> None:
        """Stops what nobody needed for a while: the first of the list idles longest."""
        now = time.monotonic()
        while len(self._idle) > 1 and now - self._idle[0].idle_since > SURPLUS_SECONDS:
            self._idle.pop(0).stop()
        if self._idle and not self.function.prewarmed and now - self._idle[0].idle_since > LAST_SECONDS:
            self._idle.pop(0).stop()

    async def close(self) -> None:
        self._closing = True
        for environment in self._environments:
            environment.stop()
        while self._waiting:
            self._waiting.popleft().fail("Runtime.Shutdown", "the local environments are being stopped")
        await asyncio.gather(*self._runs, return_exceptions=True)
        self._log.close()

    # What an environment says.

    def environment_ready(self, environment: Environment) -> None:
        self.init_failure = None
        self._settled.set()
        if environment.stale:
            environment.stop()
            return
        while self._waiting:
            invocation = self._waiting.popleft()
            if not invocation.future.done():  # its caller has not given up
                environment.start(invocation)
                return
        environment.idle_since = time.monotonic()
        self._idle.append(environment)

    def environment_ended(self, environment: Environment, init_failure: bytes | None) -> None:
        self._environments.discard(environment)
        if environment in self._idle:
            self._idle.remove(environment)
        if init_failure is not None:
            self._init_failed(init_failure)
        elif not self._closing:
            self._start_missing()

    def _init_failed(self, failure: bytes) -> None:
        """Fails the calls that wait for this start; while another environment lives they wait for that one."""
        self.init_failure = failure
        self._settled.set()
        self._log.note(f"INIT_REPORT Status: error\t{failure.decode(errors='replace')}")
        if not self._environments:
            while self._waiting:
                self._waiting.popleft().fail_with(failure)

    def init_report(self) -> str:
        """Why the function does not start, with the end of its log."""
        problem = json.loads(self.init_failure or b"{}")
        return f"{problem.get('errorType')}: {problem.get('errorMessage')}\n{self._log.tail()}"

    def _start_missing(self) -> None:
        """One start for each waiting call that no start is under way for, within the cap."""
        starting = sum(not one.ready for one in self._environments)
        current = sum(not one.stale for one in self._environments)
        room = self.function.environments_max - current
        for _ in range(min(len(self._waiting) - starting, room)):
            self._spawn()

    def _spawn(self) -> None:
        environment = Environment(self.function, self._configuration, self._log, self)
        self._environments.add(environment)
        run = asyncio.create_task(environment.run())
        self._runs.add(run)
        run.add_done_callback(partial(self._ran, environment))

    def _ran(self, environment: Environment, run: asyncio.Task[None]) -> None:
        self._runs.discard(run)
        if not run.cancelled() and (error := run.exception()):
            self.environment_ended(environment, error_payload("Runtime.LaunchError", repr(error)))
