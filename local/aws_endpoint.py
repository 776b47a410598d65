"""Fills the local AWS endpoint at each start: secrets, the signing keys and the sender of e-mails."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import boto3

from local.accounts import write_private
from local.configuration import STAGE, Configuration
from local.processes import NotReady
from local.secrets import PREFIX, SIGNING, SUPERUSER, read_secret
from local.template import REGION, Template

JWKS = "jwks"  # the file beside the secrets; the parameter is /paycore/dev/jwks
JWKS_PARAMETER = f"/paycore/{STAGE}/{JWKS}"


def client_environment(configuration: Configuration) -> dict[str, str]:
    """The variables with which any AWS SDK talks to the local endpoint and to nothing else."""
    return {
        "AWS_ENDPOINT_URL": configuration.aws_endpoint_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def client(configuration: Configuration, service: str) -> Any:
    """A boto3 client of the local endpoint, whatever the developer's own AWS settings are."""
    variables = client_environment(configuration)
    return boto3.client(
        service,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )


def ssm_parameters(configuration: Configuration) -> Callable[[str], str]:
    """Reads the deployment's parameters from the local AWS endpoint."""
    parameters = client(configuration, "ssm")

    def read(name: str) -> str:
        return str(parameters.get_parameter(Name=name)["Parameter"]["Value"])

    return read


def fill_endpoint(configuration: Configuration, template: Template) -> None:
    """Puts what the functions read there; the endpoint has forgotten everything since the last start."""
    manager = client(configuration, "secretsmanager")
    for file in sorted(configuration.secrets.iterdir()):
        if file.name not in (JWKS, SUPERUSER) and not file.name.startswith("."):
            put_secret(manager, PREFIX + file.name, file.read_text())
    fill_signing_keys(configuration, manager)
    mail = client(configuration, "ses")
    for sender in senders(template):
        mail.verify_email_identity(EmailAddress=sender)


def put_secret(manager: Any, name: str, text: str) -> None:
    """Creates the secret, or gives the existing one this value."""
    try:
        manager.create_secret(Name=name, SecretString=text)
    except manager.exceptions.ResourceExistsException:
        manager.put_secret_value(SecretId=name, SecretString=text)


def fill_signing_keys(configuration: Configuration, manager: Any) -> None:
    """The key pair of the access tokens, made at the first start by the command that AWS's operators use."""
    parameters = client(configuration, "ssm")
    signing, jwks = configuration.secrets / SIGNING, configuration.secrets / JWKS
    if jwks.exists():
        parameters.put_parameter(
            Name=JWKS_PARAMETER, Value=read_secret(configuration, JWKS), Type="String", Overwrite=True
        )
        return
    run = subprocess.run(
        [sys.executable, "-m", "functions.user.rotate_signing_key"],
        cwd=configuration.repository,
        env={**os.environ, **client_environment(configuration)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise NotReady(f"rotate_signing_key failed: {run.stdout}{run.stderr}")
    write_private(signing, manager.get_secret_value(SecretId=PREFIX + SIGNING)["SecretString"])
    write_private(jwks, parameters.get_parameter(Name=JWKS_PARAMETER)["Parameter"]["Value"])


def senders(template: Template) -> set[str]:
    """The addresses from which functions send; SES refuses an unverified one."""
    functions = template.of_kind("AWS::Lambda::Function")
    variables = [function.properties.get("Environment", {}).get("Variables", {}) for function in functions]
    return {found["MAIL_SENDER"] for found in variables if "MAIL_SENDER" in found}
