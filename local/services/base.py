"""The shape of every server: prepare its files, start it, ask whether it is ready, stop it."""

import os
import signal
import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path

from local import processes
from local.configuration import HOST, Configuration

READY_SECONDS_MAX = 60.0  # a cold start takes 3 s; a loaded machine of two cores may need many times that
CONNECT_SECONDS_MAX = 2.0


class Service(ABC):
    """One server of a local system."""

    name: str
    stop_signal = signal.SIGTERM

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration

    @property
    @abstractmethod
    def listening(self) -> Sequence[int]:
        """The ports it binds, on the loopback address only."""

    @abstractmethod
    def prepare(self) -> None:
        """Writes the files it reads, and its empty data at the first time."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """What to run."""

    @abstractmethod
    def ready(self) -> bool:
        """One real exchange of its protocol; raises OSError while nothing answers."""

    def settle(self) -> None:  # noqa: B027  # most servers need to be told nothing
        """What the running server must be told before others use it."""

    def environment(self) -> Mapping[str, str]:
        return os.environ

    def start(self) -> None:
        """Starts it unless it runs, and returns when it is ready; raises NotReady."""
        if not self.running():
            self.data.mkdir(parents=True, exist_ok=True)
            refuse_taken_ports(self.name, self.listening)
            self.prepare()
            processes.spawn(self.configuration, self.name, self.command(), self.environment())
        processes.wait_ready(self.configuration, self.name, self.ready, READY_SECONDS_MAX)
        self.settle()

    def stop(self) -> None:
        processes.stop(self.configuration, [self.name], self.stop_signal)

    def running(self) -> bool:
        return processes.running(self.configuration, self.name) is not None

    @property
    def data(self) -> Path:
        return self.configuration.data_folder(self.name)


def refuse_taken_ports(name: str, ports: Sequence[int]) -> None:
    """Raises NotReady when a port belongs to somebody else, which a server's log says less clearly."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                advice = "stop what uses it, or set PAYCORE_PORT_SHIFT or the port itself (local/configuration.py)"
                raise processes.NotReady(f"{name} needs port {port}, which is taken: {advice}.") from error
