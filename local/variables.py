"""The environment variables of the local functions: the template's own values, and one table for what differs here.

A literal of the template is used as it is. What only AWS knows, and where our servers differ from AWS, stands in
`OVERRIDES`; a variable that neither names a value for stops the start.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local.configuration import HOST, STAGE, Configuration
from local.template import OnlyAwsKnows, Resource, Template

# `{{resolve:ssm:/paycore/dev/jwks}}`: CloudFormation reads the parameter at the deployment, we at the start.
DYNAMIC_REFERENCE = re.compile(r"^\{\{resolve:ssm:([^}:]+)(?::\d+)?\}\}$")

# The local pooler's roles log in with a password each; on AWS the token of the function's role is enough.
DATABASE_SECRETS = {
    "app_rw": f"paycore/{STAGE}/database-app_rw",
    "app_job": f"paycore/{STAGE}/database-app_job",
    "migrate": f"paycore/{STAGE}/database",
}

Override = Callable[[Configuration, Mapping[str, str]], str]


class UnknownVariable(LookupError):
    """A function has a variable whose value neither the template nor the table knows."""


def _database_port(configuration: Configuration, literals: Mapping[str, str]) -> str:
    """Migrations change roles and run long: they go round the pooler, here as on AWS."""
    ports = configuration.ports
    return str(ports.postgres if literals["DATABASE_USER"] == "migrate" else ports.pgbouncer)


OVERRIDES: Mapping[str, Override] = {
    "DATABASE_HOST": lambda *_: HOST,
    "DATABASE_PORT": _database_port,
    "DATABASE_AUTHENTICATION": lambda *_: "password",
    "DATABASE_SECRET": lambda _, literals: DATABASE_SECRETS[literals["DATABASE_USER"]],
    "DATABASE_CA_FILE": lambda configuration, _: str(configuration.ca_file),
    "REDIS_HOST": lambda *_: HOST,
    "REDIS_PORT": lambda configuration, _: str(configuration.ports.redis),
    "REDIS_SECRET": lambda *_: f"paycore/{STAGE}/redis",
    "REDIS_CA_FILE": lambda configuration, _: str(configuration.ca_file),
    "KAFKA_BOOTSTRAP_SERVERS": lambda configuration, _: f"{HOST}:{configuration.ports.kafka}",
    "KAFKA_AUTHENTICATION": lambda *_: "none",
    "DOCUMENTS_HOST": lambda *_: HOST,
    "DOCUMENTS_PORT": lambda configuration, _: str(configuration.ports.documents),
    "DOCUMENTS_AUTHENTICATION": lambda *_: "none",
    "DOCUMENTS_SECRET": lambda *_: "",
    "DOCUMENTS_CA_FILE": lambda *_: "",
    "PROCESSOR_URL": lambda configuration, _: f"{configuration.gateway_url}/processor",
}


def function_variables(
    template: Template,
    function: Resource,
    configuration: Configuration,
    read_parameter: Callable[[str], str],
) -> dict[str, str]:
    """The variables of one function, each with its local value; raises UnknownVariable."""
    declared: Mapping[str, Any] = function.properties.get("Environment", {}).get("Variables", {})
    literals = {name: value for name, value in declared.items() if isinstance(value, str)}
    values: dict[str, str] = {}
    for name, expression in declared.items():
        if override := OVERRIDES.get(name):
            value = override(configuration, literals)
        else:
            value = _resolved(template, function, name, expression)
        reference = DYNAMIC_REFERENCE.match(value)
        values[name] = read_parameter(reference[1]) if reference else value
    return values


def _resolved(template: Template, function: Resource, name: str, expression: Any) -> str:
    try:
        return str(template.value(function.stack, expression))
    except OnlyAwsKnows as error:
        message = f"{name} of {function.logical_id}: {json.dumps(expression)} needs a line in local/variables.py"
        raise UnknownVariable(message) from error
