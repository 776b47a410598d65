"""The event that a Lambda proxy integration of a REST API sends (format 1.0), and that of its REQUEST authorizer."""

import base64
import json
from typing import Any
from urllib.parse import parse_qsl

from local.gateway.exchange import API_ID, DOMAIN, Exchange, request_time
from local.gateway.routes import Match
from local.template import ACCOUNT, REGION

# What ends at the gateway: hop-by-hop headers, and the length and forwarding headers that it writes itself.
CONSUMED_HEADERS = {
    *("connection", "content-length", "expect", "keep-alive", "proxy-connection", "te", "trailer"),
    *("transfer-encoding", "upgrade", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port"),
    "x-forwarded-proto",
}
# Fields of an identity that only IAM and Cognito callers have.
NO_IDENTITY = dict.fromkeys(
    (
        *("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId", "accessKey"),
        *("cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user"),
    )
)
encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode

Values = dict[str, str]
MultiValues = dict[str, list[str]]


def forwarded_headers(exchange: Exchange) -> tuple[Values, MultiValues]:
    """The client's headers in its own writing plus the gateway's; of several with one name the last counts."""
    single: Values = {}
    multi: MultiValues = {}
    for name, lower, value in exchange.headers:
        if lower in CONSUMED_HEADERS:
            continue
        single[name] = value
        if name in multi:
            multi[name].append(value)
        else:
            multi[name] = [value]
    before = exchange.last_headers.get("x-forwarded-for")
    own = {
        "X-Amzn-Trace-Id": exchange.trace_id,
        "X-Forwarded-For": f"{before}, {exchange.peer}" if before else exchange.peer,
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    for name, value in own.items():
        single[name] = value
        multi[name] = [value]
    return single, multi


def query_parameters(query: str) -> tuple[Values | None, MultiValues | None]:
    """Decoded parameters, the last and all of each name; None without any, as API Gateway has it."""
    if not query:
        return None, None
    multi: MultiValues = {}
    for name, value in parse_qsl(query, keep_blank_values=True, errors="replace"):
        multi.setdefault(name, []).append(value)
    return {name: values[-1] for name, values in multi.items()}, multi


def request_context(exchange: Exchange, match: Match) -> dict[str, Any]:
    route, request = match.route, exchange.request
    return {
        "resourceId": route.resource_id,
        "resourcePath": route.resource_path,
        "httpMethod": request.method,
        "extendedRequestId": exchange.extended_id,
        "requestTime": request_time(int(exchange.epoch)),
        "path": f"/{exchange.stage}{exchange.path}",
        "accountId": ACCOUNT,
        "protocol": f"HTTP/{request.version}",
        "stage": exchange.stage,
        "domainPrefix": API_ID,
        "requestTimeEpoch": int(exchange.epoch * 1000),
        "requestId": exchange.request_id,
        "identity": {
            **NO_IDENTITY,
            "sourceIp": exchange.peer,
            "userAgent": exchange.last_headers.get("user-agent"),
        },
        "domainName": DOMAIN,
        "deploymentId": "local",
        "apiId": API_ID,
    }


def common_fields(exchange: Exchange, match: Match) -> dict[str, Any]:
    headers, multi_headers = forwarded_headers(exchange)
    parameters, multi_parameters = query_parameters(exchange.query)
    return {
        "resource": match.route.resource_path,
        "path": exchange.path,
        "httpMethod": exchange.request.method,
        "headers": headers,
        "multiValueHeaders": multi_headers,
        "queryStringParameters": parameters,
        "multiValueQueryStringParameters": multi_parameters,
        "pathParameters": match.parameters,
        "stageVariables": None,
        "requestContext": request_context(exchange, match),
    }


def proxy_event(exchange: Exchange, match: Match, *, binary: bool) -> bytes:
    """The event of the integration; a text body's bad UTF-8 bytes become U+FFFD."""
    event = common_fields(exchange, match)
    if exchange.authorizer is not None:
        event["requestContext"]["authorizer"] = {
            **exchange.authorizer,
            "integrationLatency": exchange.authorizer_ms or 0,
        }
    body = exchange.request.body
    event["isBase64Encoded"] = binary and bool(body)
    if not body:
        event["body"] = None
    elif binary:
        event["body"] = base64.b64encode(body).decode()
    else:
        event["body"] = body.decode("utf-8", "replace")
    return encode(event).encode()


def method_arn(exchange: Exchange) -> str:
    call = f"{exchange.stage}/{exchange.request.method}/{exchange.path.removeprefix('/')}"
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/{call}"


def authorizer_event(exchange: Exchange, match: Match) -> bytes:
    """The event of a REQUEST authorizer: everything but the body."""
    head = {"type": "REQUEST", "methodArn": method_arn(exchange)}
    return encode({**head, **common_fields(exchange, match)}).encode()
