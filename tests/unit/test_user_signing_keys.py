"""Rotation of the signing key: no token is ever signed by a key that the authorizer cannot know."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from moto import mock_aws

from functions.user.rotate_signing_key import OVERLAP, CannotRotate, rotate
from paycore import aws, clock

START = datetime(2026, 5, 1, 12, tzinfo=UTC)


class Keys:
    """A stage's keys as AWS shows them, and a clock that can be set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def published(self) -> list[str]:
        text = boto3.client("ssm").get_parameter(Name="/paycore/dev/jwks")["Parameter"]["Value"]
        assert '"d":' not in text  # the private half of an EC key (RFC 7518, 6.2.2)
        return [key["kid"] for key in json.loads(text)["keys"]]

    def signing(self) -> str:
        secret = boto3.client("secretsmanager").get_secret_value(SecretId="paycore/dev/token-signing")
        kid: str = json.loads(secret["SecretString"])["kid"]
        return kid

    def rotate(self) -> None:
        """A whole rotation, an hour after the last."""
        self.now += timedelta(hours=1)
        rotate("dev", activate=False)
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
        keys.rotate()
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
        rotate("dev", activate=True)
        assert keys.signing() == keys.published()[1] != first

    def test_the_old_key_stays_while_its_tokens_may_live(self, keys: Keys) -> None:
        rotate("dev", activate=False)
        first = keys.signing()
        keys.rotate()
        keys.now += OVERLAP - timedelta(seconds=1)
        rotate("dev", activate=False)
        assert first in keys.published()

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
