"""Takes one server of the running system away: gone (its process ends) or frozen (it takes, and never answers)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from local import processes
from local.configuration import Configuration
from local.runtimes import health_paths, healthy
from local.services import chains
from local.services.base import Service

Manner = Literal["gone", "frozen"]

PATIENCE_S = 60.0  # generous: two cores, and a consumer's retry pauses grow to 30 s
PAUSE_S = 0.7  # one health check after the other stays below the limit of 100 a minute


@contextmanager
def without(platform: Configuration, name: str, manner: Manner = "gone") -> Iterator[None]:
    """The server is away within the block; afterwards it is back and every service is well again."""
    server = _service(platform, name)
    if manner == "frozen":
        _signal(platform, name, signal.SIGSTOP)
    else:
        server.stop()
    try:
        yield
    finally:
        if manner == "frozen":
            _signal(platform, name, signal.SIGCONT)
        server.start()
        wait_until_well(platform)


def wait_until_well(platform: Configuration) -> None:
    """Every service answers for its own dependencies again."""
    for path in health_paths(platform):
        until(lambda path=path: _well(platform, path), f"{path} is well again")  # type: ignore[misc]


def restart(platform: Configuration, name: str) -> None:
    """Ends every connection to the server; nobody is told, and nothing is asked since."""
    server = _service(platform, name)
    server.stop()
    server.start()


def until(holds: Callable[[], bool], what: str) -> None:
    """Waits for a condition; fails with its name."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:.0f} s: {what}"
        time.sleep(PAUSE_S)


def _service(platform: Configuration, name: str) -> Service:
    return next(service for chain in chains(platform) for service in chain if service.name == name)


def _signal(platform: Configuration, name: str, number: signal.Signals) -> None:
    """To the server's process and its children: PostgreSQL answers from those, in process groups of their own."""
    identity = processes.running(platform, name)
    assert identity, f"{name} does not run"
    for stat in Path("/proc").glob("[0-9]*/stat"):
        pid = int(stat.parent.name)
        fields = processes.stat_fields(pid)
        if fields and identity.pid in (pid, int(fields[1])):
            os.kill(pid, number)


def _well(platform: Configuration, path: str) -> bool:
    try:
        return healthy(platform, path)
    except OSError:
        return False
