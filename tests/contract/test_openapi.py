"""The OpenAPI document keeps what the API promises of every route."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paycore.http.app import CORS_ANSWER_HEADERS

DOCUMENT = json.loads((Path(__file__).parents[2] / "functions/edge/openapi.json").read_text())
# Their body or answer holds a secret: the key is ignored there and nothing is stored.
WITHOUT_KEY = (
    "/v1/auth/",
    "/v1/payment-methods",
    "/v1/api-keys",
    "/v1/webhook-endpoints",
    "/v1/users/me/phone/verification/confirm",
)
METHODS = {"get", "post", "put", "patch", "delete"}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS & item.keys():
            yield path, method, item[method]


def names_of_parameters(operation: dict[str, Any]) -> set[str]:
    return {parameter["name"] for parameter in operation.get("parameters", ())}


def boundless(schemas: dict[str, Any]) -> Iterator[str]:
    """The numbers without bounds in the schemas of bodies, which are those that forbid other names."""
    for name, schema in schemas.items():
        for field, kind in schema.get("properties", {}).items() if "additionalProperties" in schema else ():
            numbers = [each for each in (kind, *kind.get("anyOf", ())) if each.get("type") == "integer"]
            if any("maximum" not in each or not {"minimum", "exclusiveMinimum"} & each.keys() for each in numbers):
                yield f"{name}.{field}"


def told() -> Iterator[str]:
    """The fields of answers: those of the schemas that let a reader meet more of them."""
    for schema in DOCUMENT["components"]["schemas"].values():
        if "additionalProperties" not in schema:
            yield from schema.get("properties", ())


def resolved(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer itself, where the operation only names it."""
    name = answer.get("$ref", "").removeprefix("#/components/responses/")
    found: dict[str, Any] = DOCUMENT["components"]["responses"][name] if name else answer
    return found


class TestAnswers:
    # What opens a door is shown once, to whom it belongs: tokens, and the secret of a new key or factor.
    SHOWN = frozenset({"access_token", "refresh_token", "device_token", "mfa_token"})
    KEPT = re.compile(r"hash|hmac|digest|seed|pepper|sealed|wrapped|fingerprint|token$|password|cvc|^number$|pan$")

    def test_have_no_field_of_what_is_kept_to_ourselves(self) -> None:
        assert {name for name in told() if self.KEPT.search(name)} == self.SHOWN


class TestOperations:
    def test_every_post_takes_a_key_unless_it_holds_a_secret(self) -> None:
        posts = {path: each for path, method, each in operations() if method == "post"}
        refusing = {path for path, each in posts.items() if each["x-idempotency-key"] == "ignored"}
        assert {path for path in refusing if not path.startswith(WITHOUT_KEY)} == set()
        for path in posts.keys() - refusing:
            names = {parameter["name"] for parameter in posts[path]["parameters"]}
            assert "Idempotency-Key" in names, path

    def test_every_number_in_a_body_has_its_bounds(self) -> None:
        """What no bound refuses reaches the database, whose own are a failure of ours."""
        found = set(boundless(DOCUMENT["components"]["schemas"]))
        assert found <= {"Card.exp_year"}, "which the calendar bounds"

    def test_a_dry_run_and_a_bad_health_are_described(self) -> None:
        for path, _, each in operations():
            statuses = each["responses"].keys()
            assert ("200" in statuses and "201" in statuses) == ("dry_run" in names_of_parameters(each)), path
            assert ("$ref" not in each["responses"]["503"]) == path.startswith("/health"), path

    def test_each_names_the_statuses_of_what_stands_in_front_of_it_and_the_range_of_its_own(self) -> None:
        for path, _, each in operations():
            due = {"400", "429", "500", "503", "4XX", "5XX"}
            due |= {"413", "415", "422"} if "requestBody" in each else set()
            due |= {"401", "403"} if "security" in each else set()
            due |= {"404"} if "{" in path else set()
            assert due <= each["responses"].keys(), path

    @pytest.mark.parametrize(
        ("path", "method", "status"),
        [
            ("/v1/auth/login", "post", "401"),
            ("/v1/auth/login", "post", "403"),
            ("/v1/auth/refresh", "post", "401"),
            ("/v1/auth/mfa/enroll", "post", "409"),
            ("/v1/payments", "post", "402"),
            ("/v1/wallets/{wallet_id}", "patch", "409"),
            ("/v1/transactions/transfer", "post", "409"),
            ("/v1/users/{user_id}", "patch", "409"),
        ],
    )
    def test_names_what_its_use_case_refuses(self, path: str, method: str, status: str) -> None:
        problem = resolved(DOCUMENT["paths"][path][method]["responses"][status])
        assert problem["content"].keys() == {"application/problem+json"}

    def test_names_no_status_that_it_cannot_have(self) -> None:
        assert "402" not in DOCUMENT["paths"]["/v1/transactions/transfer"]["post"]["responses"]
        assert "404" not in DOCUMENT["paths"]["/v1/auth/login"]["post"]["responses"]
        assert "409" not in DOCUMENT["paths"]["/v1/users/me"]["get"]["responses"]

    def test_health_and_the_document_itself_are_described(self) -> None:
        services = {"user", "wallet", "transaction", "payment", "notification"}
        assert DOCUMENT["paths"].keys() >= {f"/health/{service}" for service in services} | {"/health", "/openapi.json"}

    @pytest.mark.parametrize("name", CORS_ANSWER_HEADERS)
    def test_every_header_that_a_page_may_read_is_described(self, name: str) -> None:
        assert DOCUMENT["components"]["headers"][name]["description"]
        answers = [resolved(answer) for _, _, each in operations() for answer in each["responses"].values()]
        assert any(name in answer["headers"] for answer in answers)
        assert all("Request-Id" in answer["headers"] for answer in answers)
