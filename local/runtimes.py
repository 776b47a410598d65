"""The processes that play AWS's part: gateway with the function environments, Kafka poller and scheduler."""

import json
import os
import sys
from functools import partial

from local import processes
from local.configuration import STAGE, Configuration
from local.loopback import call
from local.processes import NotReady
from local.services.base import refuse_taken_ports
from local.template import read_template

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
    if name == "gateway":
        # One service after the other: all at once, /health's short patience would meet their cold starts.
        for path in [*health_paths(configuration), "/health"]:
            ready = partial(healthy, configuration, path)
            processes.wait_ready(configuration, name, ready, READY_SECONDS_MAX, HEALTH_PAUSE_SECONDS)
    else:
        file = configuration.ready_file(name)
        processes.wait_ready(configuration, name, file.exists, READY_SECONDS_MAX)


def health_paths(configuration: Configuration) -> list[str]:
    """The health check of each service that the edge asks, as the template says."""
    for function in read_template(configuration.template_folder).of_kind("AWS::Lambda::Function"):
        variables = function.properties.get("Environment", {}).get("Variables", {})
        if "HEALTH_FUNCTIONS" in variables:
            return [f"/health/{service}" for service in json.loads(variables["HEALTH_FUNCTIONS"])]
    raise LookupError("no function of the template has HEALTH_FUNCTIONS")


def healthy(configuration: Configuration, path: str) -> bool:
    """True when the health check answers 200 through the gateway; raises OSError with the answer otherwise."""
    port = configuration.ports.gateway
    answer = call(port, path, seconds_max=HEALTH_SECONDS_MAX, source=HEALTH_SOURCE)
    if answer.status != 200:
        raise ConnectionError(f"GET {path} answered {answer.status} {answer.body.decode(errors='replace')}")
    return True


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
