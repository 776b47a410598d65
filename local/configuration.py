"""Where the local system keeps its files and on which ports it listens; everything else in local/ asks here.

The environment may move it: PAYCORE_HOME (default .local), PAYCORE_PORT_SHIFT (added to every default port),
PAYCORE_PORT_<NAME> (one port, exactly). So a second system, the tests' own, runs beside the first.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STAGE = "dev"


@dataclass(frozen=True)
class Ports:
    """One port per server, all on 127.0.0.1; the defaults avoid the servers a machine may already run."""

    gateway: int = 8000
    postgres: int = 25432
    pgbouncer: int = 26432
    redis: int = 26379
    kafka: int = 29092
    kafka_controller: int = 29093
    documents: int = 27117
    ministack: int = 24566
    mail_smtp: int = 21025
    mail_web: int = 21080
    invoke: int = 24001  # the Lambda Invoke and Runtime API of the local environments


@dataclass(frozen=True)
class Configuration:
    """One local system: its repository, its home folder (absolute) and its ports."""

    repository: Path
    home: Path
    ports: Ports

    @property
    def tools(self) -> Path:
        """What setup downloads, shared by all homes of this repository."""
        return self.repository / ".local-tools"

    @property
    def template_folder(self) -> Path:
        """The synthesized dev stage, which the local system runs."""
        return self.repository / "cdk.out" / STAGE

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def ca_file(self) -> Path:
        """The certificate authority that every TLS client of the local system trusts."""
        return self.home / "tls" / "ca.crt"

    @property
    def aws_endpoint_url(self) -> str:
        return f"http://{HOST}:{self.ports.ministack}"

    @property
    def invoke_url(self) -> str:
        """The Lambda Invoke API of the local environments."""
        return f"http://{HOST}:{self.ports.invoke}"

    @property
    def gateway_url(self) -> str:
        return f"http://{HOST}:{self.ports.gateway}"

    def data_folder(self, name: str) -> Path:
        return self.home / "data" / name

    def log_file(self, name: str) -> Path:
        return self.home / "logs" / f"{name}.log"

    def pid_file(self, name: str) -> Path:
        return self.home / "pids" / name

    def ready_file(self, name: str) -> Path:
        """Written by a runtime process that has no port of its own, once it works."""
        return self.home / "pids" / f"{name}.ready"

    def environment(self) -> dict[str, str]:
        """The variables with which `load()` in a child process returns this same configuration."""
        ports = {f"PAYCORE_PORT_{name.upper()}": str(port) for name, port in asdict(self.ports).items()}
        return {"PAYCORE_HOME": str(self.home), **ports}


def load(environment: Mapping[str, str] = os.environ) -> Configuration:
    """The configuration that the environment describes; refuses a port outside 1 to 65535 with ValueError."""
    shift = int(environment.get("PAYCORE_PORT_SHIFT", "0"))
    ports: dict[str, int] = {}
    for field in fields(Ports):
        port = int(environment.get(f"PAYCORE_PORT_{field.name.upper()}") or int(str(field.default)) + shift)
        if not 0 < port < 65536:
            raise ValueError(f"port {port} of {field.name} is outside 1 to 65535")
        ports[field.name] = port
    home = REPOSITORY / environment.get("PAYCORE_HOME", ".local")
    return Configuration(repository=REPOSITORY, home=home.resolve(), ports=Ports(**ports))
