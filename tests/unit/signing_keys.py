"""A stage's signing keys as AWS shows them, rotated and deployed as an operator does it."""

import json
import time
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from functions.authorizer.token_handler import handler
from functions.user.rotate_signing_key import rotate
from paycore import clock, tokens
from paycore.tokens import AccessToken

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
AUTHORIZER = "paycore-dev-authorizer-token"
ISSUER, AUDIENCE = "https://paycore.test", "paycore-api"
ARN = "arn:aws:execute-api:eu-central-1:123456789012:abc123/live/GET/v1/users/me"


class Keys:
    """A stage's keys as AWS shows them, and a clock that can be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        self._monkeypatch = monkeypatch
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def published(self) -> list[str]:
        text = boto3.client("ssm").get_parameter(Name="/paycore/dev/jwks")["Parameter"]["Value"]
        assert '"d":' not in text  # the private half of an EC key (RFC 7518, 6.2.2)
        return [key["kid"] for key in json.loads(text)["keys"]]

    def signing(self) -> str:
        secret = boto3.client("secretsmanager").get_secret_value(SecretId="paycore/dev/token-signing")
        kid: str = json.loads(secret["SecretString"])["kid"]
        return kid

    def waiting(self) -> list[str]:
        """The versions of the private key that waits, former ones, too."""
        client, name = boto3.client("secretsmanager"), "paycore/dev/token-signing-next"
        try:
            return list(client.describe_secret(SecretId=name)["VersionIdsToStages"])
        except client.exceptions.ResourceNotFoundException:
            return []

    def deploy(self) -> None:
        """The authorizer learns what is published."""
        client, name = boto3.client("lambda"), AUTHORIZER
        jwks = boto3.client("ssm").get_parameter(Name="/paycore/dev/jwks")["Parameter"]["Value"]
        environment = {"Variables": {"TOKEN_JWKS": jwks, "TOKEN_ISSUER": ISSUER, "TOKEN_AUDIENCE": AUDIENCE}}
        try:
            client.update_function_configuration(FunctionName=name, Environment=environment)
        except client.exceptions.ResourceNotFoundException:
            policy = json.dumps({"Version": "2012-10-17", "Statement": []})
            role = boto3.client("iam").create_role(RoleName="authorizer", AssumeRolePolicyDocument=policy)["Role"]
            client.create_function(
                FunctionName=name,
                Runtime="python3.13",
                Role=role["Arn"],
                Handler="handler",
                Code={"ZipFile": b"code"},
                Environment=environment,
            )

    def token(self) -> str:
        """A token of the key that signs now."""
        secret = boto3.client("secretsmanager").get_secret_value(SecretId="paycore/dev/token-signing")
        second = int(time.time())
        facts = AccessToken("usr_1", "ses_1", second + tokens.LIFE_S, second, ("pwd",))
        signing = json.loads(secret["SecretString"])
        return tokens.issue(facts, token_id="j", issuer=ISSUER, audience=AUDIENCE, **signing)

    def effect(self, token: str) -> str:
        """What the authorizer makes of a token, as it was deployed last."""
        configuration = boto3.client("lambda").get_function_configuration(FunctionName=AUTHORIZER)
        for name, value in configuration["Environment"]["Variables"].items():
            self._monkeypatch.setenv(name, value)
        headers = {"Authorization": [f"Bearer {token}"]}
        event = {"methodArn": ARN, "multiValueHeaders": headers, "requestContext": {"extendedRequestId": "test"}}
        answer = handler(event, None)
        return str(answer["policyDocument"]["Statement"][0]["Effect"])

    def rotate(self) -> None:
        """A whole rotation, an hour after the last."""
        self.now += timedelta(hours=1)
        rotate("dev", activate=False)
        self.deploy()
        rotate("dev", activate=True)
