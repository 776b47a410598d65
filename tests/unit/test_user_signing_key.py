"""The signing key in a warm environment."""

import time

import pytest

from functions.user import signing_key as module
from paycore import aws
from paycore.errors import Unavailable


class Secrets:
    """What Secrets Manager answers, and how often it was asked."""

    def __init__(self) -> None:
        self.kid: str | None = "k1"
        self.asked = 0

    def read(self, _: str) -> dict[str, str]:
        self.asked += 1
        if self.kid is None:
            raise Unavailable
        return {"kid": self.kid, "private_key_pem": "pem"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Secrets:
    answers = Secrets()
    monkeypatch.setenv("TOKEN_SIGNING_SECRET", "signing")
    monkeypatch.setattr(aws, "fresh_secret", answers.read)
    monkeypatch.setattr(module, "_keeper", module._Keeper())
    return answers


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = time.monotonic() + seconds
    monkeypatch.setattr(time, "monotonic", lambda: now)


class TestSigningKey:
    def test_is_read_once_in_a_while(self, answers: Secrets) -> None:
        assert {module.signing_key().kid for _ in range(5)} == {"k1"}
        assert answers.asked == 1

    def test_a_rotation_arrives_in_five_minutes(self, answers: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
        module.signing_key()
        answers.kid = "k2"
        later(monkeypatch, 5 * 60 + 1)
        assert module.signing_key().kid == "k2"

    def test_the_known_key_goes_on_while_the_secret_cannot_be_read(
        self, answers: Secrets, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        module.signing_key()
        answers.kid = None
        later(monkeypatch, 5 * 60 + 1)
        assert module.signing_key().kid == "k1"

    def test_without_any_key_the_sign_in_is_unavailable(self, answers: Secrets) -> None:
        answers.kid = None
        with pytest.raises(Unavailable):
            module.signing_key()
