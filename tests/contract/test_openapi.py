"""The OpenAPI document keeps what the API promises of every route."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paycore.http.app import CORS_ANSWER_HEADERS

DOCUMENT = json.loads((Path(__file__).parents[2] / "functions/edge/openapi.json").read_text())
# Their body or answer holds a secret: the key is ignored there and nothing is stored.
WITHOUT_KEY = ("/v1/auth/", "/v1/payment-methods", "/v1/api-keys", "/v1/webhook-endpoints")
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


class TestOperations:
    def test_every_post_takes_a_key_unless_it_holds_a_secret(self) -> None:
        posts = {path: each for path, method, each in operations() if method == "post"}
        refusing = {path for path, each in posts.items() if each["x-idempotency-key"] == "ignored"}
        assert {path for path in refusing if not path.startswith(WITHOUT_KEY)} == set()
        for path in posts.keys() - refusing:
            names = {parameter["name"] for parameter in posts[path]["parameters"]}
            assert "Idempotency-Key" in names, path

    def test_health_and_the_document_itself_are_described(self) -> None:
        services = {"user", "wallet", "transaction", "payment", "notification"}
        assert DOCUMENT["paths"].keys() >= {f"/health/{service}" for service in services} | {"/health", "/openapi.json"}

    @pytest.mark.parametrize("name", CORS_ANSWER_HEADERS)
    def test_every_header_that_a_page_may_read_is_described(self, name: str) -> None:
        assert DOCUMENT["components"]["headers"][name]["description"]
        answers = [answer for _, _, each in operations() for answer in each["responses"].values()]
        assert any(name in answer["headers"] for answer in answers)
        assert all("Request-Id" in answer["headers"] for answer in answers)
