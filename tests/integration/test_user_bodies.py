"""Bodies that are not what a sign-in route asks for: the right refusal, and no echo of what was sent."""

import pytest

from local.configuration import Configuration
from tests.integration.desk import Desk
from tests.integration.newcomer import Newcomer, outcome


@pytest.fixture
def stranger(platform: Configuration, desk: Desk) -> Newcomer:
    """Somebody without an account."""
    return Newcomer(desk, platform.ports.gateway)


class TestBadBodies:
    ROUTES = ("register", "resend-verification", "verify-email", "accept-invitation", "login", "refresh", "logout")

    @pytest.mark.parametrize("route", ROUTES)
    @pytest.mark.parametrize(
        ("raw", "status", "code"),
        [
            (b"", 400, "invalid_json"),
            (b'{"email":"s3cret-value","email":"x"}', 400, "invalid_json"),
            (b'{"email":NaN}', 400, "invalid_json"),
            (b'["s3cret-value"]', 400, "invalid_json"),
            (b'{"password":"\xff\xfe"}', 400, "invalid_json"),
            (rb'{"password":"s3cret-value\ud800"}', 422, "invalid_request"),
            (rb'{"email":"s3cret-value\u0000"}', 422, "invalid_request"),
            (b'{"s3cret-value":1}', 422, "invalid_request"),
            (b'{"email":["s3cret-value"],"password":{"s3cret-value":1},"refresh_token":7,"code":123456}', 422, "invalid_request"),
            (b'{"password":"' + b"s3cret-value" * 25_000 + b'"}', 413, "body_too_large"),
        ],
    )  # fmt: skip
    def test_meet_the_right_refusal_and_no_echo(
        self, stranger: Newcomer, route: str, raw: bytes, status: int, code: str
    ) -> None:
        answer = stranger.client.request("POST", f"/v1/auth/{route}", raw=raw)
        assert outcome(answer) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        assert b"s3cret" not in answer.raw

    def test_a_refused_password_is_named_and_not_repeated(self, stranger: Newcomer) -> None:
        stranger.password = "Password1234!"
        answer = stranger.register()
        (fault,) = answer.body["errors"]
        assert (fault["param"], fault["code"]) == ("/password", "password_too_common")
        assert b"Password1234!" not in answer.raw
        assert stranger.desk.codes_of(stranger.email) == []
