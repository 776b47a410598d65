"""What API Gateway refuses by itself and what it says then: plain data, for the stacks and for docs/errors.md."""

import json
from dataclasses import dataclass

# Static values stand in single quotes, whatever is inside: that is API Gateway's mapping syntax.
HEADERS = {
    "Content-Type": "'application/problem+json'",
    "Request-Id": "context.extendedRequestId",
    "Strict-Transport-Security": "'max-age=31536000; includeSubDomains'",
    "X-Content-Type-Options": "'nosniff'",
    "Cache-Control": "'no-store'",
    "Content-Security-Policy": "'default-src 'none'; frame-ancestors 'none''",
    "Referrer-Policy": "'no-referrer'",
    # Static, so no list of origins fits in; these answers hold nothing of anybody's (docs/decisions/0010).
    "Access-Control-Allow-Origin": "'*'",
}


@dataclass(frozen=True)
class GatewayResponse:
    """One kind of refusal; `retry_after_s` makes it retryable."""

    type: str  # API Gateway's name of the kind
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
            "request_id": "$context.extendedRequestId",
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


NO_TOKEN = "Send an access token: Authorization: Bearer <token>."  # noqa: S105 - a text, no token
BAD_TOKEN = "The token is not valid, or not valid any more."  # noqa: S105 - a text, no token
NO_ROUTE = "There is no such route."
FAILED = "The request failed on our side. Money requests are safe to repeat with the same Idempotency-Key."

RESPONSES = (
    # Without the header that the authorizer looks at, it is not asked.
    GatewayResponse("UNAUTHORIZED", "Unauthorized", 401, "missing_token", NO_TOKEN),
    # Our authorizer denies for one reason only. Nothing else is refused under this name: the firewall has its own, and
    # the API has no resource policy and no IAM authorization.
    GatewayResponse("ACCESS_DENIED", "AccessDenied", 401, "invalid_token", BAD_TOKEN),
    GatewayResponse("EXPIRED_TOKEN", "ExpiredToken", 401, "invalid_token", BAD_TOKEN),
    # API Gateway means an unknown route by both: without, and with an Authorization header.
    GatewayResponse("MISSING_AUTHENTICATION_TOKEN", "MissingToken", 404, "not_found", NO_ROUTE),
    GatewayResponse("INVALID_SIGNATURE", "InvalidSignature", 404, "not_found", NO_ROUTE),
    GatewayResponse("RESOURCE_NOT_FOUND", "NotFound", 404, "not_found", NO_ROUTE),
    GatewayResponse(
        "REQUEST_TOO_LARGE",
        "TooLarge",
        413,
        "body_too_large",
        "The body is larger than the gateway takes.",
    ),
    GatewayResponse("UNSUPPORTED_MEDIA_TYPE", "MediaType", 415, "unsupported_media_type", "Send application/json."),
    GatewayResponse("THROTTLED", "Throttled", 429, "rate_limited", "Too many requests at once.", retry_after_s=1),
    # The firewall blocks for its one rule only, the rate of an address, over a window of a minute.
    GatewayResponse("WAF_FILTERED", "Firewall", 429, "rate_limited", "Too many requests from your address.", 60),
    GatewayResponse("AUTHORIZER_FAILURE", "AuthorizerFailure", 500, "internal_error", FAILED, 1),
    GatewayResponse("AUTHORIZER_CONFIGURATION_ERROR", "AuthorizerError", 500, "internal_error", FAILED, 1),
    GatewayResponse("API_CONFIGURATION_ERROR", "ConfigurationError", 500, "internal_error", FAILED, 1),
    GatewayResponse("INTEGRATION_TIMEOUT", "Timeout", 504, "gateway_timeout", FAILED, 1),
    GatewayResponse("INTEGRATION_FAILURE", "IntegrationFailure", 504, "gateway_timeout", FAILED, 1),
    GatewayResponse("DEFAULT_4XX", "Default4xx", 400, "bad_request", "The request cannot be read."),
    GatewayResponse("DEFAULT_5XX", "Default5xx", 502, "bad_gateway", FAILED, 1),
)
