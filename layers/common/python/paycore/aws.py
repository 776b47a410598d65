"""The boto3 clients, made once per environment, and the secrets, read once per environment."""

import json
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from paycore.errors import Unavailable

# Bounded well below API Gateway's 29 s (correctness: C1); the caller decides what a failure means.
_CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def client(service: str) -> Any:
    """A boto3 client. AWS_ENDPOINT_URL redirects it to a local endpoint, as in every AWS SDK."""
    return boto3.client(service, config=_CONFIG)


@cache
def secret(secret_id: str) -> dict[str, str]:
    """The JSON object in a secret of Secrets Manager."""
    return fresh_secret(secret_id)


def fresh_secret(secret_id: str) -> dict[str, str]:
    """The same, read at this moment: for a secret that changes while environments live. Raises Unavailable."""
    try:
        answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    except BotoCoreError as trouble:  # no answer; an answer that refuses is a mistake of ours and stays one
        raise Unavailable from trouble
    value: dict[str, str] = json.loads(answer["SecretString"])
    return value
