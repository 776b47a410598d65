"""Rotation of the signing key: no token is ever signed by a key that the authorizer cannot know."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from functions.user.rotate_signing_key import OVERLAP, CannotRotate, rotate, withdraw
from paycore import aws
from tests.unit.signing_keys import Keys


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
