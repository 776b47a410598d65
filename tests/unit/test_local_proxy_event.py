"""The event that a function gets from the local gateway: format 1.0 of a REST API's Lambda proxy."""

import json
import re
from typing import Any

import pytest

from local.gateway.exchange import Exchange
from local.gateway.proxy_event import authorizer_event, method_arn, proxy_event, query_parameters
from local.gateway.routes import Match, Route
from local.web.request import Request

ROUTE = Route("Id", "/v1/wallets/{proxy+}", "ANY", "f", None, 29.0)
MATCH = Match(ROUTE, {"proxy": "wal_1"})


def exchange(target: str = "/v1/wallets/wal_1", body: bytes = b"", *headers: tuple[str, str]) -> Exchange:
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    request = Request(target=target.encode(), method="POST", headers=encoded, body=body)
    return Exchange(request, "127.0.0.9", "live", match=MATCH)


def event(*headers: tuple[str, str], target: str = "/v1/wallets/wal_1", body: bytes = b"") -> Any:
    return json.loads(proxy_event(exchange(target, body, *headers), MATCH, binary=False))


class TestProxyEvent:
    def test_has_the_fields_of_format_1_0(self) -> None:
        assert sorted(event()) == [
            "body",
            "headers",
            "httpMethod",
            "isBase64Encoded",
            "multiValueHeaders",
            "multiValueQueryStringParameters",
            "path",
            "pathParameters",
            "queryStringParameters",
            "requestContext",
            "resource",
            "stageVariables",
        ]

    def test_the_context_names_stage_resource_and_peer(self) -> None:
        context = event(("User-Agent", "test"))["requestContext"]
        assert (context["stage"], context["path"]) == ("live", "/live/v1/wallets/wal_1")
        assert (context["resourcePath"], context["protocol"]) == ("/v1/wallets/{proxy+}", "HTTP/1.1")
        assert (context["identity"]["sourceIp"], context["identity"]["userAgent"]) == ("127.0.0.9", "test")

    def test_a_client_chooses_the_request_id_and_not_the_extended_one(self) -> None:
        mine, again, other = (
            event(*headers)["requestContext"]
            for headers in ([("X-Amzn-RequestId", "a")], [("x-amzn-requestid", "a")], ())
        )
        assert (mine["requestId"], again["requestId"], len(other["requestId"])) == ("a", "a", 36)
        extended = {each["extendedRequestId"] for each in (mine, again, other)}
        assert len(extended) == 3
        assert all(re.fullmatch("[A-Za-z0-9_-]{15}=", each) for each in extended)

    def test_of_repeated_headers_the_last_is_single_and_all_are_multiple(self) -> None:
        found = event(("X-A", "1"), ("X-A", "2"))
        assert found["headers"]["X-A"] == "2"
        assert found["multiValueHeaders"]["X-A"] == ["1", "2"]

    def test_the_gateway_s_own_headers_cannot_be_forged(self) -> None:
        headers = event(("x-forwarded-for", "9.9.9.9"), ("x-forwarded-proto", "ftp"), ("connection", "close"))[
            "headers"
        ]
        assert headers["X-Forwarded-For"] == "9.9.9.9, 127.0.0.9"
        assert headers["X-Forwarded-Proto"] == "https"
        assert not {"x-forwarded-for", "x-forwarded-proto", "connection"} & headers.keys()

    @pytest.mark.parametrize(
        ("body", "expected"),
        [(b"", None), (b'{"a":1}', '{"a":1}'), ("ä".encode(), "ä"), (b"\xff\xfea", "��a")],
    )
    def test_the_body_is_text(self, body: bytes, expected: str | None) -> None:
        assert event(body=body)["body"] == expected

    def test_a_binary_body_is_base64(self) -> None:
        found = json.loads(proxy_event(exchange("/", b"\xff"), MATCH, binary=True))
        assert (found["body"], found["isBase64Encoded"]) == ("/w==", True)

    def test_an_absolute_target_is_its_path(self) -> None:
        assert event(target="http://host/v1/wallets?a=1")["path"] == "/v1/wallets"


class TestQueryParameters:
    @pytest.mark.parametrize(
        ("query", "single", "multiple"),
        [
            ("", None, None),
            ("a=1&a=2&b=", {"a": "2", "b": ""}, {"a": ["1", "2"], "b": [""]}),
            ("a=x%20y+z", {"a": "x y z"}, {"a": ["x y z"]}),
            ("metadata%5Bk%5D=v", {"metadata[k]": "v"}, {"metadata[k]": ["v"]}),
            ("a=%ff", {"a": "�"}, {"a": ["�"]}),
        ],
    )
    def test_are_decoded(self, query: str, single: Any, multiple: Any) -> None:
        assert query_parameters(query) == (single, multiple)


class TestAuthorizerEvent:
    def test_names_the_method_and_has_no_body(self) -> None:
        found = json.loads(authorizer_event(exchange(body=b"secret"), MATCH))
        assert found["type"] == "REQUEST"
        assert found["methodArn"] == method_arn(exchange())
        assert found["methodArn"].endswith(":local/live/POST/v1/wallets/wal_1")
        assert "body" not in found
