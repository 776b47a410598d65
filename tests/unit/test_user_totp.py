"""One-time passwords of phones: the vectors of RFC 6238, and which steps count."""

import base64
from datetime import UTC, datetime

import pytest

from functions.user import codes
from functions.user.second_factor import totp
from paycore import clock

SEED = base64.b32encode(b"12345678901234567890").decode()
# RFC 6238, appendix B, SHA-1: seconds and eight digits, of which apps show the last six.
VECTORS = [
    (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"), (1234567890, "89005924"),
    (2000000000, "69279037"), (20000000000, "65353130"),
]  # fmt: skip


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> "At":
    return At(monkeypatch)


class At:
    """Sets the clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def __call__(self, seconds: int) -> None:
        self._monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(seconds, UTC))


class TestStep:
    @pytest.mark.parametrize(("seconds", "code"), VECTORS)
    def test_is_found_for_the_vectors_of_the_standard(self, at: At, seconds: int, code: str) -> None:
        at(seconds)
        assert totp.step_of(SEED, code[-6:], 0) == seconds // 30

    @pytest.mark.parametrize(("later", "fits"), [(-60, False), (-30, False), (0, True), (30, True), (60, False)])
    def test_is_this_one_or_the_one_before(self, at: At, later: int, fits: bool) -> None:
        at(1111111111 + later)
        assert (totp.step_of(SEED, "050471", 0) is not None) == fits

    @pytest.mark.parametrize(("used", "fits"), [(-1, True), (0, False), (1, False)])
    def test_is_used_once_and_none_before_it(self, at: At, used: int, fits: bool) -> None:
        at(1111111111)
        assert (totp.step_of(SEED, "050471", 1111111111 // 30 + used) is not None) == fits


class TestSeed:
    def test_has_160_bits_and_is_new_each_time(self) -> None:
        seeds = {totp.new_seed() for _ in range(3)}
        assert [len(base64.b32decode(seed)) for seed in seeds] == [20] * 3

    def test_goes_to_the_phone_by_uri(self) -> None:
        uri = totp.otpauth_uri(SEED, "anna+x@example.com")
        assert uri == f"otpauth://totp/Paycore:anna%2Bx%40example.com?secret={SEED}&issuer=Paycore"


class TestRecoveryCode:
    def test_is_typed_easily_and_new_each_time(self) -> None:
        made = {codes.new_recovery_code() for _ in range(20)}
        assert len(made) == 20
        assert {len(code) for code in made} == {11}
        assert not set("".join(made)) & set("ilo01")
