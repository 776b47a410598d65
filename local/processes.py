"""Starts and stops the processes of a local system, and knows its own from all others, also after a crash.

A process is known by its number, its start time and the machine's boot: numbers are given out again.
Each leads a process group of its own, so the children that a crash orphaned are found as well.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.configuration import Configuration

PROC = Path("/proc")
# Leaves the process to init: no caller of ours has to outlive or reap it. $0 is the log, $@ the command.
DETACHED = 'setsid "$@" >>"$0" 2>&1 & echo $!'
LOG_BYTES_MAX = 16 * 1024 * 1024  # a longer log is set aside at the next start, so a log never fills the disk
POLL_SECONDS = 0.02
STOP_SECONDS_MAX = 20.0  # Kafka's first stop writes its class archive: 2 to 7 s on two cores


class NotReady(RuntimeError):
    """A process ended or did not answer in time; the message ends with the last lines of its log."""


@dataclass(frozen=True)
class Identity:
    """What distinguishes one process from every other that ever had its number."""

    pid: int
    started: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The identity of a living process; None for one that ended or only waits to be reaped."""
        fields = stat_fields(pid)
        if fields is None or fields[0] == "Z":
            return None
        return cls(pid, fields[19], current_boot())

    def alive(self) -> bool:
        return Identity.of(self.pid) == self

    def group(self) -> list[int]:
        """The living processes of the group that this process leads, or led until it died."""
        leader = Identity.of(self.pid)
        if self.boot != current_boot() or leader not in (None, self):
            return []  # the number belongs to somebody else by now
        pids = (int(folder.name) for folder in PROC.iterdir() if folder.name.isdecimal())
        return [pid for pid in pids if in_group(pid, self.pid)]


def in_group(pid: int, group: int) -> bool:
    fields = stat_fields(pid)
    return fields is not None and fields[0] != "Z" and int(fields[2]) == group


def current_boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def stat_fields(pid: int) -> list[str] | None:
    """/proc/<pid>/stat from the state on (proc(5): state, parent, group, ..., start time is the 20th)."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def running(configuration: Configuration, name: str) -> Identity | None:
    """The process of this name that the local system started, when it still lives."""
    identity = recorded(configuration, name)
    return identity if identity and identity.alive() else None


def recorded(configuration: Configuration, name: str) -> Identity | None:
    """The process of this name that was started last, living or not."""
    try:
        pid, started, boot = configuration.pid_file(name).read_text().split()
    except FileNotFoundError:
        return None
    return Identity(int(pid), started, boot)


def recorded_names(configuration: Configuration) -> list[str]:
    """The names of all processes that were started and not yet stopped."""
    folder = configuration.home / "pids"
    return sorted(file.name for file in folder.glob("*") if file.suffix != ".ready")


def spawn(configuration: Configuration, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Starts a process in a group of its own with its output in logs/<name>.log, and records who it is."""
    log_file = configuration.log_file(name)
    if log_file.exists() and log_file.stat().st_size > LOG_BYTES_MAX:
        log_file.replace(log_file.with_suffix(".log.1"))
    configuration.ready_file(name).unlink(missing_ok=True)
    shell = subprocess.run(
        ["/bin/sh", "-c", DETACHED, str(log_file), *command],
        stdout=subprocess.PIPE,
        cwd=configuration.repository,
        env=dict(environment),
        check=True,
    )
    identity = Identity.of(int(shell.stdout))
    if identity:  # else it has ended already, and there is nothing to stop
        record = f"{identity.pid} {identity.started} {identity.boot}\n"
        configuration.pid_file(name).write_text(record)


def wait_ready(
    configuration: Configuration,
    name: str,
    ready: Callable[[], bool],
    seconds_max: float,
    pause_seconds: float = POLL_SECONDS,
) -> None:
    """Returns when `ready` says so; raises NotReady when the process ends first or time runs out."""
    deadline = time.monotonic() + seconds_max
    problem = "it never answered"
    while time.monotonic() < deadline:
        if not running(configuration, name):
            raise NotReady(f"{name} ended while starting.\n{last_lines(configuration, name)}")
        try:
            if ready():
                return
        except OSError as error:  # refused, reset, timed out or TLS not up yet: the usual sight of a starting server
            problem = str(error)
        time.sleep(pause_seconds)
    raise NotReady(f"{name} was not ready in {seconds_max:.0f} s: {problem}.\n{last_lines(configuration, name)}")


def last_lines(configuration: Configuration, name: str, count: int = 20) -> str:
    """The end of a process's log, with the place of the whole."""
    file = configuration.log_file(name)
    lines = file.read_text(errors="replace").splitlines()[-count:] if file.exists() else []
    return "\n".join([f"The last lines of {file}:", *(f"  {line}" for line in lines or ["(it is empty)"])])


def stop(configuration: Configuration, names: Iterable[str], gently: signal.Signals = signal.SIGTERM) -> None:
    """Asks each process to stop, waits, then ends what is left of its group; forgets what is gone."""
    identities = {name: identity for name in names if (identity := recorded(configuration, name))}
    for identity in identities.values():
        if identity.alive():
            send(identity.pid, gently)
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while time.monotonic() < deadline and any(identity.alive() for identity in identities.values()):
        time.sleep(POLL_SECONDS)
    for name, identity in identities.items():
        end_group(identity)
        configuration.pid_file(name).unlink(missing_ok=True)
        configuration.ready_file(name).unlink(missing_ok=True)


def end_group(identity: Identity) -> None:
    """Kills what had its chance to stop by itself, and returns when it is gone."""
    while members := identity.group():
        for pid in members:
            send(pid, signal.SIGKILL)
        time.sleep(POLL_SECONDS)


def send(pid: int, number: signal.Signals) -> None:
    """Signals a process that may just have ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)
