"""One call of a function: what goes in, what comes out, and the three lines that Lambda logs about it."""

import asyncio
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from local.environments.specification import Function
from local.log_files import open_log

PAYLOAD_BYTES_MAX = 6 * 1024 * 1024  # Lambda's limit for synchronous calls, in and out
TAIL_BYTES = 4096


class TooManyRequests(Exception):
    """Every environment is busy and the queue is full, or the function's concurrency is reserved as zero."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller of a function gets; `error` is what Lambda says in X-Amz-Function-Error."""

    request_id: str
    payload: bytes
    error: str | None = None


def error_payload(kind: str, message: str) -> bytes:
    """An error in Lambda's shape."""
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def new_request_id() -> str:
    """A random UUID in text, several times faster than uuid4."""
    text = os.urandom(16).hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


@dataclass(slots=True, eq=False)
class Invocation:
    """A call that waits or runs."""

    payload: bytes
    trace_id: str
    future: asyncio.Future[Outcome]
    request_id: str = field(default_factory=new_request_id)
    started: float = 0.0

    def finish(self, payload: bytes) -> None:
        if not self.future.done():
            self.future.set_result(Outcome(self.request_id, payload))

    def fail(self, kind: str, message: str) -> None:
        """Ends the call as Lambda does when the function could not answer."""
        self.fail_with(error_payload(kind, f"RequestId: {self.request_id} Error: {message}"))

    def fail_with(self, payload: bytes) -> None:
        if not self.future.done():
            self.future.set_result(Outcome(self.request_id, payload, "Unhandled"))


class FunctionLog:
    """A function's log file: its processes write to the descriptor themselves, Lambda's lines come from here."""

    def __init__(self, function: Function, file: Path) -> None:
        self._function = function
        self.file = file
        self.descriptor = open_log(file)

    def started(self, invocation: Invocation) -> None:
        invocation.started = time.perf_counter()
        self._write(f"START RequestId: {invocation.request_id} Version: $LATEST\n")

    def ended(self, invocation: Invocation, memory_mb: int, init_ms: float | None, note: str = "") -> None:
        spent_ms = (time.perf_counter() - invocation.started) * 1000
        identity = f"RequestId: {invocation.request_id}"
        init = "" if init_ms is None else f"\tInit Duration: {init_ms:.2f} ms"
        self._write(
            f"{note}END {identity}\nREPORT {identity}\tDuration: {spent_ms:.2f} ms\t"
            f"Billed Duration: {int(spent_ms) + 1} ms\tMemory Size: {self._function.memory_mb} MB\t"
            f"Max Memory Used: {memory_mb} MB{init}\n"
        )

    def note(self, text: str) -> None:
        self._write(f"{text}\n")

    def tail(self) -> str:
        """The last lines, to show with a failed start."""
        with self.file.open("rb") as stream:
            stream.seek(max(0, self.file.stat().st_size - TAIL_BYTES))
            return stream.read().decode(errors="replace")

    def close(self) -> None:
        os.close(self.descriptor)

    def _write(self, text: str) -> None:
        os.write(self.descriptor, text.encode())
