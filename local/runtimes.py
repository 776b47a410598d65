"""The processes that play AWS's part: gateway with the function environments, Kafka poller and scheduler."""

import os
import sys

from local import processes
from local.configuration import STAGE, Configuration
from local.loopback import call
from local.processes import NotReady
from local.services.base import refuse_taken_ports

RUNTIMES = ("gateway", "poller", "scheduler")  # each is the module local.<name>
MIGRATION = f"paycore-{STAGE}-migrate-migrate"
MIGRATION_SECONDS_MAX = 300.0  # the function's own time-out
READY_SECONDS_MAX = 90.0  # the first health check starts an environment of every service
HEALTH_SECONDS_MAX = 30.0  # just above API Gateway's 29 s
# Health checks count towards the limit of 100 a minute and address: one of our own, asked less often than that.
HEALTH_SOURCE = "127.0.0.2"
HEALTH_PAUSE_SECONDS = 0.7


def start_runtime(configuration: Configuration, name: str) -> None:
    """Starts the process unless it runs."""
    if processes.running(configuration, name):
        return
    if name == "gateway":
        refuse_taken_ports(name, (configuration.ports.gateway, configuration.ports.invoke))
    environment = {**os.environ, **configuration.environment(), "PYTHONUNBUFFERED": "1"}
    processes.spawn(configuration, name, [sys.executable, "-m", f"local.{name}"], environment)


def wait_for_runtime(configuration: Configuration, name: str) -> None:
    """The gateway is ready when every service is healthy, the others when they say so."""

    def ready() -> bool:
        return healthy(configuration) if name == "gateway" else configuration.ready_file(name).exists()

    pause = HEALTH_PAUSE_SECONDS if name == "gateway" else processes.POLL_SECONDS
    processes.wait_ready(configuration, name, ready, READY_SECONDS_MAX, pause)


def healthy(configuration: Configuration) -> bool:
    """True when GET /health through the gateway says that every service works."""
    port = configuration.ports.gateway
    return call(port, "/health", seconds_max=HEALTH_SECONDS_MAX, source=HEALTH_SOURCE).status == 200


def migrate(configuration: Configuration) -> None:
    """Invokes the migration function as a deployment does; raises NotReady with its error."""
    path = f"/2015-03-31/functions/{MIGRATION}/invocations"

    def invoke() -> bool:
        answer = call(configuration.ports.invoke, path, body=b"{}", seconds_max=MIGRATION_SECONDS_MAX)
        if answer.status != 200 or "X-Amz-Function-Error" in answer.headers:
            log = processes.last_lines(configuration, MIGRATION)
            raise NotReady(f"The migration failed: {answer.body.decode(errors='replace')}\n{log}")
        return True

    processes.wait_ready(configuration, "gateway", invoke, MIGRATION_SECONDS_MAX)
