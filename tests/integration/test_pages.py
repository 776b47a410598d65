"""A page of ours in a browser may read every answer, also a refusal; a foreign page none (docs/decisions/0039)."""

import pytest

from cdk.environments import DEV
from local.http_client import Answer
from tests.integration.people import Town

(PAGE, *_) = DEV.cors_origins
FOREIGN = "https://evil.example"
LIMIT = 100


def short(answer: Answer) -> tuple[int, str | None]:
    """The status, and whose page may read the answer."""
    return answer.status, answer.headers.get("access-control-allow-origin")


@pytest.mark.parametrize(("origin", "reader"), [(PAGE, PAGE), (FOREIGN, None)], ids=["ours", "foreign"])
class TestPage:
    def test_reads_when_to_come_back(self, town: Town, origin: str, reader: str | None) -> None:
        stranger = town.stranger()
        page = {"Origin": origin}
        answers = [stranger.request("GET", "/.well-known/jwks.json", headers=page) for _ in range(LIMIT + 1)]
        assert [short(each) for each in answers] == [(200, reader)] * LIMIT + [(429, reader)]
        refused = answers[-1]
        assert {"Request-Id", "Retry-After"} <= set(refused.headers["access-control-expose-headers"].split(", "))
        assert (refused.body["code"], refused.body["request_id"]) == ("rate_limited", refused.headers["request-id"])

    def test_reads_that_its_session_is_over(self, town: Town, origin: str, reader: str | None) -> None:
        client = town.person().client
        assert client.request("POST", "/v1/auth/logout-all").status == 204
        refused = client.request("GET", "/v1/users/me", headers={"Origin": origin})
        assert (*short(refused), refused.body["code"]) == (401, reader, "session_revoked")

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/v1/users/me", 200),
            ("GET", "/v1/wallets?limit=0", 400),
            ("GET", "/v1/wallets/x", 404),
            ("GET", "/v1/wallets/a%00", 404),
            ("OPTIONS", "/v1/wallets", 405),
        ],
    )
    def test_reads_every_other_answer(
        self, town: Town, origin: str, reader: str | None, method: str, path: str, status: int
    ) -> None:
        assert short(town.person().client.request(method, path, headers={"Origin": origin})) == (status, reader)
