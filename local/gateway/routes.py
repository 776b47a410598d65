"""The API's routes, as the template's resources and methods declare them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

from local.template import Resource, Template

INTEGRATION_MS_MAX = 29_000  # API Gateway's limit and default


class UnsupportedApi(ValueError):
    """The template uses a feature of API Gateway that does not exist here: better no start than another answer."""


@dataclass(frozen=True)
class Route:
    """One method of one resource."""

    resource_id: str
    resource_path: str
    method: str
    function: str
    authorizer: str | None
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class Match:
    """A route with the values of its path parameters."""

    route: Route
    parameters: dict[str, str] | None


@dataclass
class Node:
    """One path part: its methods and what may follow."""

    methods: dict[str, Route] = field(default_factory=dict)
    literals: dict[str, "Node"] = field(default_factory=dict)
    parameters: dict[str, "Node"] = field(default_factory=dict)
    greedy: dict[str, "Node"] = field(default_factory=dict)

    def child(self, part: str) -> "Node":
        """The node for a part as the template writes it: `users`, `{id}` or `{proxy+}`."""
        if part.endswith("+}"):
            return self.greedy.setdefault(part[1:-2], Node())
        if part.startswith("{"):
            return self.parameters.setdefault(part[1:-1], Node())
        return self.literals.setdefault(part, Node())

    def reachable(self, parts: list[str], values: dict[str, str]) -> Iterator[tuple["Node", dict[str, str]]]:
        """The nodes that fit the parts, the most specific first."""
        if not parts:
            yield self, values
            return
        if node := self.literals.get(parts[0]):
            yield from node.reachable(parts[1:], values)
        if parts[0]:
            for name, node in self.parameters.items():
                yield from node.reachable(parts[1:], {**values, name: parts[0]})
        for name, node in self.greedy.items():
            yield node, {**values, name: "/".join(parts)}


class Routes:
    """Finds the route of a request."""

    def __init__(self, routes: list[Route]) -> None:
        self._root = Node()
        for route in routes:
            node = self._root
            for part in route.resource_path.strip("/").split("/"):
                node = node.child(part) if part else node
            node.methods[route.method] = route

    def match(self, method: str, path: str) -> Match | None:
        """The most specific route; a path whose resource lacks the method is as unknown as any other."""
        parts = path.removesuffix("/").split("/")[1:]
        for node, values in self._root.reachable(parts, {}):
            if route := node.methods.get(method) or node.methods.get("ANY"):
                decoded = {name: unquote(value) for name, value in values.items()}
                return Match(route, decoded or None)
        return None


def routes_of(template: Template) -> list[Route]:
    """Every method of the API; raises UnsupportedApi for an integration other than a Lambda proxy."""
    return [_route(template, method) for method in template.of_kind("AWS::ApiGateway::Method")]


def _route(template: Template, method: Resource) -> Route:
    properties, stack = method.properties, method.stack
    integration = properties["Integration"]
    if integration["Type"] != "AWS_PROXY":
        raise UnsupportedApi(f"{method.logical_id} has an integration of type {integration['Type']}")
    authorization = properties.get("AuthorizationType", "NONE")
    if authorization not in {"NONE", "CUSTOM"}:
        raise UnsupportedApi(f"{method.logical_id} has authorization of type {authorization}")
    authorizer = None
    if authorization == "CUSTOM":
        authorizer = template.the(stack, properties["AuthorizerId"], "AWS::ApiGateway::Authorizer").logical_id
    return Route(
        resource_id=method.logical_id,
        resource_path=_resource_path(template, stack, properties["ResourceId"]),
        method=properties["HttpMethod"],
        function=called_function(template, stack, integration["Uri"]),
        authorizer=authorizer,
        timeout_seconds=integration.get("TimeoutInMillis", INTEGRATION_MS_MAX) / 1000,
    )


def called_function(template: Template, stack: str, uri: object) -> str:
    """The name of the function that an invocation URI means, directly or through an alias."""
    for resource in template.referenced(stack, uri):
        if resource.kind == "AWS::Lambda::Function":
            return str(template.value(resource.stack, resource.properties["FunctionName"]))
        if resource.kind == "AWS::Lambda::Alias":
            return called_function(template, resource.stack, resource.properties["FunctionName"])
    raise UnsupportedApi(f"no function in {uri!r}")


def _resource_path(template: Template, stack: str, resource_id: object) -> str:
    parts: list[str] = []
    while resources := [
        one for one in template.referenced(stack, resource_id) if one.kind == "AWS::ApiGateway::Resource"
    ]:
        parts.insert(0, resources[0].properties["PathPart"])
        resource_id = resources[0].properties["ParentId"]
    return "/" + "/".join(parts)
