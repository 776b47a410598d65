"""The boto3 clients, made once per environment, and the secrets, read once per environment."""

import json
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# Bounded well below API Gateway's 29 s (correctness: C1); the caller decides what a failure means.
_CONFIG = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})


@cache
def client(service: str) -> Any:
    """A boto3 client. AWS_ENDPOINT_URL redirects it to a local endpoint, as in every AWS SDK."""
    return boto3.client(service, config=_CONFIG)


@cache
def secret(secret_id: str) -> dict[str, str]:
    """The JSON object in a secret of Secrets Manager."""
    answer = client("secretsmanager").get_secret_value(SecretId=secret_id)
    value: dict[str, str] = json.loads(answer["SecretString"])
    return value
