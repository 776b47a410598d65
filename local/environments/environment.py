"""One execution environment: a process of the genuine runtime client, from its start to its end."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from typing import Protocol

from local.configuration import HOST, Configuration
from local.environments.invocation import PAYLOAD_BYTES_MAX, FunctionLog, Invocation, error_payload
from local.environments.runtime_api import RUNTIME_LIMITS, RuntimeConnection
from local.environments.runtime_process import launch
from local.environments.specification import Function
from local.web.connection import Connections

INIT_SECONDS_MAX = 60.0  # Lambda allows 10 s; many starting at once on two cores need more
MEMORY_SAMPLE_SECONDS = 1.0
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


class Owner(Protocol):
    """Who is told what becomes of an environment."""

    def environment_ready(self, environment: "Environment") -> None: ...

    def environment_ended(self, environment: "Environment", init_failure: bytes | None) -> None: ...


class Environment:
    """Runs one invocation at a time; idle only while its process waits in `next`."""

    def __init__(self, function: Function, configuration: Configuration, log: FunctionLog, owner: Owner) -> None:
        self._function, self._configuration, self._log, self._owner = function, configuration, log, owner
        self._process: asyncio.subprocess.Process | None = None
        self._next: RuntimeConnection | None = None
        self._invocation: Invocation | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._init_failure: bytes | None = None
        self._init_ms: float | None = None
        self._created = time.perf_counter()
        self._memory = (0.0, 0)
        self.ready = self.stale = False
        self._stopped = False
        self.idle_since = 0.0

    async def run(self) -> None:
        """Starts the process and returns when it has ended, for whatever reason."""
        loop = asyncio.get_running_loop()
        connections = Connections(RUNTIME_LIMITS)
        server = await loop.create_server(lambda: RuntimeConnection(connections, self), HOST, 0)
        port = server.sockets[0].getsockname()[1]
        self._timer = loop.call_later(INIT_SECONDS_MAX, self._init_timed_out)
        try:
            self._process = await launch(self._function, self._configuration, f"{HOST}:{port}", self._log.descriptor)
            if self._stopped:
                self._process.kill()
            self._ended(await self._process.wait())
        finally:
            self._cancel_timer()
            server.close()
            connections.close()

    def start(self, invocation: Invocation) -> None:
        """Gives the waiting process its next event."""
        connection, self._next = self._next, None
        assert connection is not None  # noqa: S101 - only an idle environment is given work
        self._invocation = invocation
        self._log.started(invocation)
        seconds = self._function.timeout_seconds
        self._timer = asyncio.get_running_loop().call_later(seconds, self._timed_out)
        head = (
            f"Content-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {invocation.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {int((time.time() + seconds) * 1000)}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {self._function.arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {invocation.trace_id}\r\n"
        )
        connection.answer(200, head.encode("latin-1"), invocation.payload)

    def stop(self) -> None:
        """Kills the process; a call in its hands fails."""
        self._stopped = True
        if self._process and self._process.returncode is None:
            self._process.kill()

    # What the runtime client says.

    def asked_for_next(self, connection: RuntimeConnection) -> None:
        if not self.ready:
            self.ready = True
            self._init_ms = (time.perf_counter() - self._created) * 1000
            self._cancel_timer()
        self._next = connection
        self._owner.environment_ready(self)

    def answered(self, request_id: str, verb: str, payload: bytes) -> bool:
        """Ends the call in hand; False when the client speaks of another one."""
        if self._invocation is None or self._invocation.request_id != request_id:
            return False
        self._conclude((Invocation.finish if verb == "response" else Invocation.fail_with), payload)
        return True

    def answer_too_large(self) -> None:
        message = f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_BYTES_MAX} bytes)."
        self._conclude(Invocation.fail, "Function.ResponseSizeTooLarge", message)

    def init_failed(self, payload: bytes) -> None:
        self._init_failure = payload

    # How a call or the process ends.

    def _conclude(self, verdict: Callable[..., None], *words: object, note: str = "") -> None:
        self._cancel_timer()
        invocation, self._invocation = self._invocation, None
        if invocation is None:
            return
        self._log.ended(invocation, self._memory_mb(), self._init_ms, note)
        self._init_ms = None
        verdict(invocation, *words)

    def _timed_out(self) -> None:
        message = f"Task timed out after {self._function.timeout_seconds:.2f} seconds"
        self.stop()
        self._conclude(Invocation.fail, "Sandbox.Timedout", message, note=f"{message}\n")

    def _init_timed_out(self) -> None:
        self._init_failure = error_payload("Sandbox.Timedout", f"init took over {INIT_SECONDS_MAX:.0f} seconds")
        self.stop()

    def _ended(self, status: int) -> None:
        how = f"signal: {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
        message = f"Runtime exited with error: {how}"
        self._conclude(Invocation.fail, "Runtime.ExitError", message, note=f"{message}\n")
        failure = None if self.ready else self._init_failure
        if not self.ready and not self._stopped and failure is None:
            failure = error_payload("Runtime.ExitError", message)
        self._owner.environment_ended(self, failure)

    def _cancel_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _memory_mb(self) -> int:
        """The process's resident memory; read at most once a second, for it costs as much as a short call."""
        now = time.monotonic()
        if now - self._memory[0] > MEMORY_SAMPLE_SECONDS and self._process:
            try:
                with open(f"/proc/{self._process.pid}/statm", "rb") as file:
                    self._memory = (now, round(int(file.read().split()[1]) * PAGE_MB))
            except FileNotFoundError:
                pass  # it has just ended; the last figure stands
        return self._memory[1]
