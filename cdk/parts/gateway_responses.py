"""The answers that API Gateway gives by itself, in the shape of all others: problem+json with headers."""

import json
from dataclasses import dataclass

from aws_cdk import aws_apigateway as apigateway

Type = apigateway.ResponseType

# Static values stand in single quotes, whatever is inside: that is API Gateway's mapping syntax.
HEADERS = {
    "Content-Type": "'application/problem+json'",
    "Request-Id": "context.requestId",
    "Strict-Transport-Security": "'max-age=31536000; includeSubDomains'",
    "X-Content-Type-Options": "'nosniff'",
    "Cache-Control": "'no-store'",
    "Content-Security-Policy": "'default-src 'none'; frame-ancestors 'none''",
    "Referrer-Policy": "'no-referrer'",
    # These answers hold nothing of anybody's and no cookie is used: any page may read why it was refused.
    "Access-Control-Allow-Origin": "'*'",
}


@dataclass(frozen=True)
class GatewayResponse:
    """One kind of refusal; `retry_after_s` makes it retryable."""

    type: apigateway.ResponseType
    name: str
    status: int
    code: str
    detail: str
    retry_after_s: int | None = None

    @property
    def body(self) -> str:
        """The problem (RFC 9457); API Gateway fills in the request id."""
        problem = {
            "type": f"urn:paycore:error:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": "$context.requestId",
            "retryable": self.retry_after_s is not None,
        }
        return json.dumps(problem)

    @property
    def headers(self) -> dict[str, str]:
        """All headers, with those that only this kind has."""
        extra = {}
        if self.retry_after_s is not None:
            extra["Retry-After"] = f"'{self.retry_after_s}'"
        if self.status == 401:
            extra["WWW-Authenticate"] = "'Bearer'"
        return HEADERS | extra


INVALID_TOKEN = "Send a valid access token: Authorization: Bearer <token>."  # noqa: S105 - a text, no token
NO_ROUTE = "There is no such route."
FAILED = "The request failed on our side. Money requests are safe to repeat with the same Idempotency-Key."

RESPONSES = (
    GatewayResponse(Type.UNAUTHORIZED, "Unauthorized", 401, "invalid_token", INVALID_TOKEN),
    GatewayResponse(Type.ACCESS_DENIED, "AccessDenied", 403, "forbidden", "The caller may not do this."),
    GatewayResponse(Type.EXPIRED_TOKEN, "ExpiredToken", 401, "invalid_token", INVALID_TOKEN),
    # API Gateway means an unknown route by both: without, and with an Authorization header.
    GatewayResponse(Type.MISSING_AUTHENTICATION_TOKEN, "MissingToken", 404, "not_found", NO_ROUTE),
    GatewayResponse(Type.INVALID_SIGNATURE, "InvalidSignature", 404, "not_found", NO_ROUTE),
    GatewayResponse(Type.RESOURCE_NOT_FOUND, "NotFound", 404, "not_found", NO_ROUTE),
    GatewayResponse(
        Type.REQUEST_TOO_LARGE,
        "TooLarge",
        413,
        "body_too_large",
        "The body is larger than the gateway takes.",
    ),
    GatewayResponse(Type.UNSUPPORTED_MEDIA_TYPE, "MediaType", 415, "unsupported_media_type", "Send application/json."),
    GatewayResponse(Type.THROTTLED, "Throttled", 429, "rate_limited", "Too many requests at once.", retry_after_s=1),
    # The firewall blocks for its one rule only, the rate of an address, over a window of a minute.
    GatewayResponse(Type.WAF_FILTERED, "Firewall", 429, "rate_limited", "Too many requests from your address.", 60),
    GatewayResponse(Type.AUTHORIZER_FAILURE, "AuthorizerFailure", 500, "internal_error", FAILED, 1),
    GatewayResponse(Type.AUTHORIZER_CONFIGURATION_ERROR, "AuthorizerError", 500, "internal_error", FAILED, 1),
    GatewayResponse(Type.API_CONFIGURATION_ERROR, "ConfigurationError", 500, "internal_error", FAILED, 1),
    GatewayResponse(Type.INTEGRATION_TIMEOUT, "Timeout", 504, "gateway_timeout", FAILED, 1),
    GatewayResponse(Type.INTEGRATION_FAILURE, "IntegrationFailure", 504, "gateway_timeout", FAILED, 1),
    GatewayResponse(Type.DEFAULT_4_XX, "Default4xx", 400, "bad_request", "The request cannot be read."),
    GatewayResponse(Type.DEFAULT_5_XX, "Default5xx", 502, "bad_gateway", FAILED, 1),
)


def add_gateway_responses(api: apigateway.RestApi) -> None:
    """Attaches every response to the API."""
    for response in RESPONSES:
        api.add_gateway_response(
            f"Response{response.name}",
            type=response.type,
            status_code=str(response.status),
            response_headers=response.headers,
            templates={"application/json": response.body},
        )
