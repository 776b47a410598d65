"""A small system of its own for the tests of the local gateway and environments: some functions and their template."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.configuration import REPOSITORY, Configuration, Ports
from local.template import Template

AUTHORIZER = "gate-token"
REFUSAL = '{"code":"%s","request_id":"$context.extendedRequestId","status":%d}'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def small_configuration(folder: Path) -> Configuration:
    """A repository and a home below the folder, on ports that nobody has."""
    ports = Ports(gateway=free_port(), invoke=free_port())
    return Configuration(repository=folder / "repository", home=folder / "home", ports=ports)


def small_repository(configuration: Configuration, sources: Mapping[str, str]) -> None:
    """Writes `service/file.py` sources as functions; the only layer is the runtime's own."""
    repository = configuration.repository
    for name, source in sources.items():
        file = repository / "functions" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(source)
    (repository / "functions" / "__init__.py").touch()
    (repository / "layers" / "common" / "python").mkdir(parents=True, exist_ok=True)
    layers = repository / "build" / "layers" / "local"
    layers.mkdir(parents=True, exist_ok=True)
    if not (layers / "runtime").exists():
        (layers / "runtime").symlink_to(REPOSITORY / "build" / "layers" / "local" / "runtime")


def function(name: str, handler: str, **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": name,
            "Handler": f"functions.{handler}",
            "Runtime": "python3.13",
            **properties,
        },
    }


def invocation_uri(logical_id: str) -> dict[str, Any]:
    arn = {"Fn::GetAtt": [logical_id, "Arn"]}
    return {"Fn::Join": ["", ["arn:aws:apigateway:us-east-1:lambda:path/functions/", arn, "/invocations"]]}


def path_resources(path: str) -> dict[str, Any]:
    """The chain of resources of a path; the id of each is its path."""
    resources: dict[str, Any] = {}
    parent: Any = {"Fn::GetAtt": ["Api", "RootResourceId"]}
    so_far = ""
    for part in path.strip("/").split("/"):
        so_far += f"/{part}"
        resources[so_far] = {
            "Type": "AWS::ApiGateway::Resource",
            "Properties": {"ParentId": parent, "PathPart": part},
        }
        parent = {"Ref": so_far}
    return resources


def method(path: str, target: str, *, verb: str = "ANY", protected: bool = False, **more: Any) -> dict[str, Any]:
    """The resources of one method on one path."""
    properties: dict[str, Any] = {
        "HttpMethod": verb,
        "ResourceId": {"Ref": path},
        "Integration": {"Type": "AWS_PROXY", "Uri": invocation_uri(target), **more},
        "AuthorizationType": "CUSTOM" if protected else "NONE",
    }
    if protected:
        properties["AuthorizerId"] = {"Ref": "Authorizer"}
    return {
        **path_resources(path),
        f"{verb} {path}": {"Type": "AWS::ApiGateway::Method", "Properties": properties},
    }


def gateway_response(kind: str, status: int) -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::GatewayResponse",
        "Properties": {
            "ResponseType": kind,
            "StatusCode": str(status),
            "ResponseParameters": {
                "gatewayresponse.header.Content-Type": "'application/problem+json'",
                "gatewayresponse.header.Request-Id": "context.extendedRequestId",
                "gatewayresponse.header.Cache-Control": "'no-store'",
            },
            "ResponseTemplates": {"application/json": REFUSAL % (kind.lower(), status)},
        },
    }


RESPONSES = {
    kind: gateway_response(kind, status)
    for kind, status in {
        "UNAUTHORIZED": 401,
        "ACCESS_DENIED": 403,
        "AUTHORIZER_CONFIGURATION_ERROR": 500,
        "REQUEST_TOO_LARGE": 413,
        "INTEGRATION_TIMEOUT": 504,
        "MISSING_AUTHENTICATION_TOKEN": 404,
        "WAF_FILTERED": 429,
        "DEFAULT_4XX": 400,
        "DEFAULT_5XX": 502,
    }.items()
}


def rate_rule(limit: int) -> dict[str, Any]:
    statement = {"RateBasedStatement": {"AggregateKeyType": "IP", "Limit": limit, "EvaluationWindowSec": 60}}
    rules = [{"Name": "rate", "Priority": 0, "Action": {"Block": {}}, "Statement": statement}]
    return {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": rules}}


def stage(*, rate: float = 10_000, burst: float = 10_000) -> dict[str, Any]:
    line = '{"id":"$context.extendedRequestId","status":"$context.status","path":"$context.path",'
    line += '"agent":"$context.identity.userAgent","who":"$context.authorizer.principalId"}'
    setting = {"HttpMethod": "*", "ResourcePath": "/*"}
    limits = {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": burst}
    settings = {"MethodSettings": [setting | limits], "AccessLogSetting": {"Format": line}}
    return {"Type": "AWS::ApiGateway::Stage", "Properties": {"StageName": "live", **settings}}


def authorizer(ttl_seconds: int) -> dict[str, Any]:
    properties = {
        "Type": "REQUEST",
        "IdentitySource": "method.request.header.Authorization",
        "AuthorizerResultTtlInSeconds": ttl_seconds,
        "AuthorizerUri": invocation_uri(AUTHORIZER),
    }
    return {"Type": "AWS::ApiGateway::Authorizer", "Properties": properties}


def small_template(resources: Mapping[str, Any], *, ttl_seconds: int = 60) -> Template:
    """The template of an API with these functions and methods."""
    fixed = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "small"}},
        "Stage": stage(),
    }
    if AUTHORIZER in resources:
        fixed["Authorizer"] = authorizer(ttl_seconds)
    return Template({"small": {"Resources": {**fixed, **RESPONSES, **resources}}})
