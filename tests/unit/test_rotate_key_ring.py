"""Rotation of a key ring: a key is known before it is used, and goes after it was replaced."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from paycore import aws, rotate_key_ring
from paycore.crypto import KeyRing
from paycore.rotate_key_ring import CannotRotate, activate, add, retire

NAME = "paycore/dev/identity-keys"
RING = ("dev", "identity-keys")
FIRST = "a" * 64


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stage's ring as its stack makes it."""
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x"), ("DEFAULT_REGION", "eu-central-1")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with mock_aws():
        aws.client.cache_clear()
        text = json.dumps({"current": "k1", "k1": FIRST})
        boto3.client("secretsmanager").create_secret(Name=NAME, SecretString=text)
        yield
        aws.client.cache_clear()


def _ring() -> dict[str, str]:
    found: dict[str, str] = json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=NAME)["SecretString"])
    return found


@pytest.mark.usefixtures("ring")
class TestRotate:
    def test_a_key_is_known_before_it_is_used(self) -> None:
        add(*RING)
        assert _ring()["current"] == "k1"
        assert len(_ring()["k2"]) == len(FIRST)
        activate(*RING)
        assert _ring()["current"] == "k2"
        assert _ring()["k1"] == FIRST

    def test_what_the_old_one_made_is_good_until_it_goes(self) -> None:
        made = KeyRing(_ring()).hmac("purpose", "message")
        sealed = KeyRing(_ring()).seal("purpose", "plain", "context")
        add(*RING)
        activate(*RING)
        assert KeyRing(_ring()).is_hmac("purpose", "message", made)
        assert KeyRing(_ring()).open("purpose", sealed, "context") == "plain"
        retire(*RING, "k1")
        assert not KeyRing(_ring()).is_hmac("purpose", "message", made)
        assert set(_ring()) == {"current", "k2"}

    def test_ids_are_never_used_again(self) -> None:
        for older in ("k1", "k2"):
            add(*RING)
            activate(*RING)
            retire(*RING, older)
        assert set(_ring()) == {"current", "k3"}

    def test_steps_out_of_order_change_nothing(self) -> None:
        before = _ring()
        with pytest.raises(CannotRotate, match="--add first"):
            activate(*RING)
        for key_id in ("k1", "k2", "current", ""):
            with pytest.raises(CannotRotate):
                retire(*RING, key_id)
        assert _ring() == before
        add(*RING)
        before = _ring()
        with pytest.raises(CannotRotate, match="--activate"):
            add(*RING)
        with pytest.raises(CannotRotate, match="not older"):
            retire(*RING, "k2")
        assert _ring() == before

    @pytest.mark.parametrize(
        ("arguments", "status"), [(["--add"], 0), (["--activate"], 1), (["--retire", "k1"], 1)], ids=str
    )
    def test_the_command_tells_no_key(
        self,
        arguments: list[str],
        status: int,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr("sys.argv", ["rotate_key_ring", "--ring", "identity-keys", *arguments])
        assert rotate_key_ring.main() == status
        told = "".join(capsys.readouterr())
        assert told
        assert not [text for name, text in _ring().items() if name != "current" and text in told]
