"""The API is the agreed table of routes, and the gateway's own answers look like all others."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.infrastructure.conftest import Synthesized

# prefix -> function, and whether the authorizer stands before it
ROUTES = {
    "/v1/auth": ("user-api", False),
    "/v1/auth/logout-all": ("user-api", True),
    "/v1/auth/password/change": ("user-api", True),
    "/v1/auth/mfa": ("user-api", True),
    "/v1/auth/email": ("user-api", True),
    "/v1/api-keys": ("user-api", True),
    "/v1/users": ("user-api", True),
    "/v1/wallets": ("wallet-api", True),
    "/v1/transactions": ("transaction-api", True),
    "/v1/quotes": ("transaction-api", True),
    "/v1/schedules": ("transaction-api", True),
    "/v1/admin/spending-limits": ("transaction-api", True),
    "/v1/admin/step-up-limits": ("transaction-api", True),
    "/v1/exchange-rates": ("transaction-api", True),
    "/v1/admin/ledger": ("transaction-api", True),
    "/v1/payment-methods": ("payment-api", True),
    "/v1/payments": ("payment-api", True),
    "/v1/refunds": ("payment-api", True),
    "/v1/notifications": ("notification-api", True),
    "/processor": ("payment-processor", False),
    "/.well-known": ("edge-api", False),
    "/openapi.json": ("edge-api", False),
    "/health": ("edge-api", False),
    "/health/user": ("user-api", False),
    "/health/wallet": ("wallet-api", False),
    "/health/transaction": ("transaction-api", False),
    "/health/payment": ("payment-api", False),
    "/health/notification": ("notification-api", False),
}
DOCUMENTATION = {"/docs": ("edge-api", False)}

SECURITY_HEADERS = {
    "Strict-Transport-Security": "'max-age=31536000; includeSubDomains'",
    "X-Content-Type-Options": "'nosniff'",
    "Cache-Control": "'no-store'",
    "Content-Security-Policy": "'default-src 'none'; frame-ancestors 'none''",
    "Referrer-Policy": "'no-referrer'",
    "Access-Control-Allow-Origin": "'*'",
    "Request-Id": "context.extendedRequestId",
}


def path_of(resource_id: Any, resources: dict[str, Any]) -> str:
    """The full path of a resource: up its parents to the root."""
    if "Ref" not in resource_id:
        return ""
    properties = resources[resource_id["Ref"]]["Properties"]
    return f"{path_of(properties['ParentId'], resources)}/{properties['PathPart']}"


def invoked_function(uri: Any, resources: dict[str, Any]) -> str:
    """The short name of the function behind an integration, through its alias if there is one."""
    (reference,) = (
        part
        for part in uri["Fn::Join"][1]
        if isinstance(part, dict) and part.get("Ref") not in {"AWS::Partition", "AWS::Region"}
    )
    logical_id = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
    resource = resources[logical_id]
    if resource["Type"] == "AWS::Lambda::Alias":
        resource = resources[resource["Properties"]["FunctionName"]["Ref"]]
    name: str = resource["Properties"]["FunctionName"]
    return name.split("-", 2)[2]


def methods(stage: Synthesized) -> Iterator[tuple[str, str, str, bool]]:
    """Path, verb, function and whether the authorizer is asked, of every method."""
    resources = stage.templates["services"]["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::ApiGateway::Method":
            properties = resource["Properties"]
            yield (
                path_of(properties["ResourceId"], resources),
                properties["HttpMethod"],
                invoked_function(properties["Integration"]["Uri"], resources),
                properties["AuthorizationType"] == "CUSTOM",
            )


class TestRoutes:
    def test_are_the_agreed_table(self, stage: Synthesized) -> None:
        table = ROUTES if stage.stage == "prod" else ROUTES | DOCUMENTATION
        expected = set()
        for prefix, (function, protected) in table.items():
            for path in (prefix, f"{prefix}/{{proxy+}}"):
                expected.add((path, "ANY", function, protected))
                if protected:
                    expected.add((path, "OPTIONS", function, False))
        assert set(methods(stage)) == expected

    def test_the_documentation_is_not_published_in_prod(self, stages: dict[str, Synthesized]) -> None:
        assert not [path for path, *_ in methods(stages["prod"]) if path.startswith("/docs")]

    def test_a_refusal_of_the_authorizer_is_kept_a_minute_per_token(self, stage: Synthesized) -> None:
        (authorizer,) = stage.properties("AWS::ApiGateway::Authorizer")
        assert authorizer["Type"] == "REQUEST"
        assert authorizer["IdentitySource"] == "method.request.header.Authorization"
        assert authorizer["AuthorizerResultTtlInSeconds"] == 60


class TestGatewayResponses:
    @pytest.fixture
    def responses(self, stage: Synthesized) -> dict[str, dict[str, Any]]:
        return {each["ResponseType"]: each for each in stage.properties("AWS::ApiGateway::GatewayResponse")}

    def test_are_problems_with_a_request_id(self, responses: dict[str, dict[str, Any]]) -> None:
        for kind, response in responses.items():
            body = json.loads(response["ResponseTemplates"]["application/json"])
            assert set(body) == {"type", "title", "status", "code", "detail", "request_id", "retryable"}, kind
            assert body["type"] == f"urn:paycore:error:{body['code']}"
            assert str(body["status"]) == response["StatusCode"]
            assert body["request_id"] == "$context.extendedRequestId"

    def test_have_the_headers_of_every_answer(self, responses: dict[str, dict[str, Any]]) -> None:
        for kind, response in responses.items():
            headers = headers_of(response)
            assert headers["Content-Type"] == "'application/problem+json'", kind
            assert headers.items() >= SECURITY_HEADERS.items(), kind

    def test_a_retryable_one_says_when(self, responses: dict[str, dict[str, Any]]) -> None:
        for kind, response in responses.items():
            body = json.loads(response["ResponseTemplates"]["application/json"])
            assert body["retryable"] == ("Retry-After" in headers_of(response)), kind

    @pytest.mark.parametrize(
        ("kind", "status"),
        [
            ("UNAUTHORIZED", 401),
            ("ACCESS_DENIED", 401),
            ("MISSING_AUTHENTICATION_TOKEN", 404),
            ("REQUEST_TOO_LARGE", 413),
            ("THROTTLED", 429),
            ("WAF_FILTERED", 429),
            ("DEFAULT_4XX", 400),
            ("DEFAULT_5XX", 502),
        ],
    )
    def test_cover_what_the_gateway_refuses(self, kind: str, status: int, responses: dict[str, dict[str, Any]]) -> None:
        assert responses[kind]["StatusCode"] == str(status)


class TestLimits:
    def test_an_address_is_stopped_above_every_policy(self, stage: Synthesized) -> None:
        (acl,) = stage.properties("AWS::WAFv2::WebACL")
        blocking = [rule for rule in acl["Rules"] if "Block" in rule.get("Action", {})]
        (rule,) = blocking
        rate = rule["Statement"]["RateBasedStatement"]
        assert (rate["Limit"], rate["EvaluationWindowSec"], rate["AggregateKeyType"]) == (2000, 60, "IP")
        assert stage.resources("AWS::WAFv2::WebACLAssociation")

    def test_our_own_calls_of_the_processor_are_not_counted(self, stage: Synthesized) -> None:
        """They all come from the NAT gateways: the rule would stop every payment at once."""
        (acl,) = stage.properties("AWS::WAFv2::WebACL")
        (rate,) = (
            rule["Statement"]["RateBasedStatement"] for rule in acl["Rules"] if "Block" in rule.get("Action", {})
        )
        match = rate["ScopeDownStatement"]["NotStatement"]["Statement"]["ByteMatchStatement"]
        assert (match["PositionalConstraint"], match["FieldToMatch"]) == ("STARTS_WITH", {"UriPath": {}})
        for function in stage.functions().values():
            if url := function["Environment"]["Variables"].get("PROCESSOR_URL"):
                assert f"{url['Fn::Join'][1][-1]}/".endswith(match["SearchString"])

    def test_a_function_ends_before_the_gateway_stops_waiting(self, stage: Synthesized) -> None:
        """API Gateway waits for 29 s; who is cut off there knows less than who is told."""
        served = {function for _, _, function, _ in methods(stage)}
        for name, function in stage.functions().items():
            if name.split("-", 2)[2] in served:
                assert function["Timeout"] <= 25, name

    def test_bodies_are_never_logged(self, stage: Synthesized) -> None:
        (api_stage,) = stage.properties("AWS::ApiGateway::Stage")
        (settings,) = api_stage["MethodSettings"]
        assert settings["DataTraceEnabled"] is False
        assert settings["MetricsEnabled"] is False, "metrics per method are paid for and nothing reads them"
        assert settings["ThrottlingRateLimit"] > 0
        assert json.loads(api_stage["AccessLogSetting"]["Format"])["requestId"] == "$context.extendedRequestId"


def headers_of(response: dict[str, Any]) -> dict[str, str]:
    prefix = "gatewayresponse.header."
    return {name.removeprefix(prefix): value for name, value in response["ResponseParameters"].items()}


class TestMediaTypes:
    def test_only_statements_are_bytes(self, stage: Synthesized) -> None:
        (api,) = stage.properties("AWS::ApiGateway::RestApi")
        assert api["BinaryMediaTypes"] == ["application/pdf"]
