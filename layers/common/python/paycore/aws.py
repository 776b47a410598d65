"""The boto3 clients, made once per environment, and the secrets, read once per environment."""

import json
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError as NoAnswer
from botocore.exceptions import ClientError as Refused

from paycore.errors import Unavailable
from paycore.observability import logger

__all__ = ["NoAnswer", "Refused", "client", "fresh_secret", "secret"]


@cache
def client(service: str, read_timeout_s: float = 3, attempts: int = 2) -> Any:
    """A boto3 client. AWS_ENDPOINT_URL redirects it to a local endpoint, as in every AWS SDK.

    Bounded well below API Gateway's 29 s (correctness: C1); the caller decides what a failure means.
    """
    retries = {"mode": "standard", "total_max_attempts": attempts}
    return boto3.client(service, config=Config(connect_timeout=1, read_timeout=read_timeout_s, retries=retries))


@cache
def secret(secret_id: str) -> dict[str, str]:
    """The JSON object in a secret of Secrets Manager."""
    return fresh_secret(secret_id)


def fresh_secret(secret_id: str) -> dict[str, str]:
    """The same, read at this moment: for a secret that changes while environments live.

    Raises Unavailable whatever the cause: throttling, trouble with the key that encrypts it or a permission that we
    forgot, nothing of it is the fault of the request or the record that needs the secret.
    """
    try:
        answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    except Refused as trouble:
        logger.error("a secret was refused", extra={"reason": trouble.response["Error"]["Code"]})
        raise Unavailable from trouble
    except NoAnswer as trouble:
        raise Unavailable from trouble
    value: dict[str, str] = json.loads(answer["SecretString"])
    return value
