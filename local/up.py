"""Starts the whole local system in its order, waits until it truly works, and stops exactly what was started."""

import fcntl
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict

from local import processes
from local.aws_endpoint import fill_endpoint
from local.certificates import ensure_certificates
from local.configuration import HOST, Configuration
from local.processes import NotReady
from local.progress import Progress
from local.runtimes import RUNTIMES, migrate, start_runtime, wait_for_runtime
from local.secrets import ensure_secrets
from local.services import chains
from local.services.base import Service
from local.template import load_template


def start(configuration: Configuration, *, servers_only: bool = False) -> None:
    """Everything up and working, or NotReady; what runs already is left as it is."""
    began = time.monotonic()
    for folder in ("data", "logs", "pids"):
        (configuration.home / folder).mkdir(parents=True, exist_ok=True)
    with one_at_a_time(configuration):
        refuse_other_ports(configuration)
        with Progress("Reading the template of the dev stage"):
            template = load_template(configuration)
        ensure_secrets(configuration, template)
        ensure_certificates(configuration)
        with Progress("Starting the servers"):
            start_servers(configuration)
        with Progress("Filling the AWS endpoint"):
            fill_endpoint(configuration, template)
        if not servers_only:
            start_functions(configuration)
    print(f"Ready after {time.monotonic() - began:.1f} s.")


def start_servers(configuration: Configuration) -> None:
    """All servers at once; waits for each, then raises the first failure."""

    def follow(chain: list[Service]) -> None:
        for service in chain:
            service.start()

    every = chains(configuration)
    with ThreadPoolExecutor(len(every)) as pool:
        for done in [pool.submit(follow, chain) for chain in every]:
            done.result()


def start_functions(configuration: Configuration) -> None:
    """The gateway first, as the migration runs through it; then what needs a migrated database."""
    with Progress("Migrating the database"):
        start_runtime(configuration, "gateway")
        migrate(configuration)
    with Progress("Starting the functions"):
        for name in RUNTIMES:
            start_runtime(configuration, name)
        for name in RUNTIMES:
            wait_for_runtime(configuration, name)


def stop(configuration: Configuration) -> None:
    """Stops what was started and still lives, also after a crash: first what writes, then the servers."""
    began = time.monotonic()
    (configuration.home / "pids").mkdir(parents=True, exist_ok=True)
    with one_at_a_time(configuration):
        processes.stop(configuration, reversed(RUNTIMES))
        services = [service for chain in chains(configuration) for service in chain]
        with ThreadPoolExecutor(len(services)) as pool:
            list(pool.map(lambda service: service.stop(), services))
        processes.stop(configuration, processes.recorded_names(configuration))
    print(f"Stopped after {time.monotonic() - began:.1f} s.")


def refuse_other_ports(configuration: Configuration) -> None:
    """A home runs on one set of ports at a time: raises NotReady when it runs on others."""
    file, ports = configuration.home / "ports.json", json.dumps(asdict(configuration.ports), indent=2)
    living = [n for n in processes.recorded_names(configuration) if processes.running(configuration, n)]
    if living and file.exists() and file.read_text() != ports:
        raise NotReady(f"{configuration.home} already runs on other ports, see {file}: stop it first.")
    file.write_text(ports)


@contextmanager
def one_at_a_time(configuration: Configuration) -> Iterator[None]:
    """Two people may not start or stop the same home at once; the second waits."""
    with (configuration.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def print_places(configuration: Configuration) -> None:
    """Where a developer finds things."""
    url = configuration.gateway_url
    print(f"API {url}/v1 · Swagger UI {url}/docs · health {url}/health")
    print(f"Mailbox http://{HOST}:{configuration.ports.mail_web} · logs {configuration.home / 'logs'}")
    print("Stop with `make down`, look with `make status` and `make logs`.")
