"""Rotation of the signing key: no token is ever signed by a key that the authorizer cannot know."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from functions.authorizer.token_handler import handler
from functions.user.rotate_signing_key import OVERLAP, CannotRotate, rotate, withdraw
from paycore import aws, clock, tokens
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
        event = {"methodArn": ARN, "multiValueHeaders": {"Authorization": [f"Bearer {token}"]}}
        answer = handler(event, None)
        return str(answer["policyDocument"]["Statement"][0]["Effect"])

    def rotate(self) -> None:
        """A whole rotation, an hour after the last."""
        self.now += timedelta(hours=1)
        rotate("dev", activate=False)
        self.deploy()
        rotate("dev", activate=True)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[Keys]:
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "eu-central-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        aws.client.cache_clear()
        yield Keys(monkeypatch)
        aws.client.cache_clear()


class TestRotate:
    def test_the_first_key_signs_at_once(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        assert keys.published() == [keys.signing()]

    def test_private_keys_lie_under_the_stage_s_own_key(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        keys.now += timedelta(hours=1)
        rotate("dev", activate=False)
        client = boto3.client("secretsmanager")
        for name in ("token-signing", "token-signing-next"):
            assert client.describe_secret(SecretId=f"paycore/dev/{name}")["KmsKeyId"] == "alias/paycore/dev"

    def test_a_new_key_is_published_before_it_signs(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        first = keys.signing()
        keys.now += timedelta(days=90)
        rotate("dev", activate=False)
        assert keys.signing() == first
        assert len(keys.published()) == 2
        assert len(keys.waiting()) == 1
        keys.deploy()
        rotate("dev", activate=True)
        assert keys.signing() == keys.published()[1] != first

    def test_does_not_sign_with_what_the_authorizer_does_not_know(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        first = keys.signing()
        keys.now += timedelta(hours=1)
        rotate("dev", activate=False)
        with pytest.raises(CannotRotate, match="no paycore-dev-authorizer-token"):
            rotate("dev", activate=True)
        keys.deploy()
        rotate("dev", activate=True)
        keys.now += timedelta(hours=1)
        rotate("dev", activate=False)
        with pytest.raises(CannotRotate, match="deploy"):
            rotate("dev", activate=True)
        assert keys.signing() == keys.published()[1] != first

    def test_keeps_one_copy_of_the_private_key(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        for _ in range(2):
            keys.rotate()
            assert keys.waiting() == []

    def test_the_old_key_stays_while_its_tokens_may_live(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        first = keys.signing()
        keys.rotate()
        keys.now += OVERLAP - timedelta(seconds=1)
        rotate("dev", activate=False)
        assert first in keys.published()

    def test_a_token_of_the_old_key_passes_until_the_key_is_forgotten(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        keys.deploy()
        old = keys.token()
        keys.rotate()
        new = keys.token()
        assert [keys.effect(token) for token in (old, new)] == ["Allow", "Allow"]
        keys.now += OVERLAP
        rotate("dev", activate=False)
        assert keys.effect(old) == "Allow", "not before a deployment"
        keys.deploy()
        assert [keys.effect(token) for token in (old, new)] == ["Deny", "Allow"]

    def test_a_dead_key_is_forgotten(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        first = keys.signing()
        keys.rotate()
        keys.now += OVERLAP
        rotate("dev", activate=False)
        assert first not in keys.published()
        assert keys.signing() in keys.published()

    @pytest.mark.parametrize("activate", [True, False])
    def test_refuses_a_step_out_of_turn(self, keys: Keys, activate: bool) -> None:
        rotate("dev", activate=False)
        if not activate:
            keys.now += timedelta(hours=1)
            rotate("dev", activate=False)
        before = (keys.published(), keys.signing())
        with pytest.raises(CannotRotate):
            rotate("dev", activate=activate)
        assert (keys.published(), keys.signing()) == before


class TestWithdraw:
    def test_a_stolen_key_opens_nothing_after_the_next_deployment(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        keys.deploy()
        stolen, old = keys.signing(), keys.token()
        keys.rotate()
        withdraw("dev", stolen)
        keys.deploy()
        assert [keys.effect(token) for token in (old, keys.token())] == ["Deny", "Allow"]
        assert keys.published() == [keys.signing()]

    def test_of_the_next_key_lets_another_be_made(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        keys.now += timedelta(hours=1)
        rotate("dev", activate=False)
        withdraw("dev", keys.published()[1])
        assert keys.waiting() == []
        keys.rotate()
        assert keys.signing() == keys.published()[1]

    def test_of_the_one_that_signs_or_of_none_is_refused(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        for kid in (keys.signing(), "none"):
            with pytest.raises(CannotRotate):
                withdraw("dev", kid)
        assert keys.published() == [keys.signing()]
