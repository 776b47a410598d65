"""The Lambda authorizer: asks the function who the caller is and keeps the answer for the declared time."""

import asyncio
import json
import time
from dataclasses import dataclass

from local.environments.fleet import Fleet
from local.environments.invocation import TooManyRequests
from local.gateway.exchange import Exchange, Refusal
from local.gateway.policy import BadPolicy, Policy, read_policy
from local.gateway.proxy_event import authorizer_event, method_arn, query_parameters
from local.gateway.routes import Match, UnsupportedApi, called_function
from local.template import Resource, Template

TTL_SECONDS_DEFAULT = 300
CACHED_MAX = 50_000  # entries of a few hundred bytes; reached only by an attack with invented tokens that pass


@dataclass(frozen=True)
class IdentitySource:
    """A part of the request that names the caller."""

    place: str
    name: str

    def read(self, exchange: Exchange) -> str | None:
        if self.place == "header":
            return exchange.last_headers.get(self.name.lower())
        return (query_parameters(exchange.query)[0] or {}).get(self.name)


class Authorizer:
    """One authorizer with its cache of policies, keyed by all its identity sources."""

    def __init__(self, function: str, sources: tuple[IdentitySource, ...], ttl_seconds: float, fleet: Fleet) -> None:
        self._function, self._sources, self._ttl_seconds = function, sources, ttl_seconds
        self._fleet = fleet
        self._cache: dict[tuple[str, ...], tuple[float, Policy]] = {}

    async def authorize(self, exchange: Exchange, match: Match) -> None:
        """Gives the exchange the caller's context; raises Refusal. A missing identity costs no call."""
        identity = tuple(source.read(exchange) or "" for source in self._sources)
        if not all(identity):
            raise Refusal("UNAUTHORIZED", "Unauthorized")
        found = self._cache.get(identity)
        if found is not None and found[0] > time.monotonic():
            policy = found[1]
            exchange.authorizer_ms = 0
        else:
            policy = await self._ask(exchange, match)
            self._keep(identity, policy)
        exchange.authorizer = policy.context
        if not policy.allows(method_arn(exchange)):
            raise Refusal("ACCESS_DENIED", "User is not authorized to access this resource")

    async def _ask(self, exchange: Exchange, match: Match) -> Policy:
        began = time.perf_counter()
        try:
            async with asyncio.timeout(match.route.timeout_seconds):
                payload = authorizer_event(exchange, match)
                outcome = await self._fleet.submit(self._function, payload, exchange.trace_id)
        except (TooManyRequests, TimeoutError) as error:
            raise Refusal("AUTHORIZER_FAILURE", "Internal server error") from error
        finally:
            exchange.authorizer_ms = int((time.perf_counter() - began) * 1000)
        try:
            answer = json.loads(outcome.payload)
            if outcome.error:
                raise _refusal_of(answer)
            return read_policy(answer)
        except (BadPolicy, ValueError) as error:
            raise Refusal("AUTHORIZER_CONFIGURATION_ERROR", "Internal server error") from error

    def _keep(self, identity: tuple[str, ...], policy: Policy) -> None:
        if self._ttl_seconds == 0:
            return
        now = time.monotonic()
        if len(self._cache) >= CACHED_MAX:
            self._cache = {key: entry for key, entry in self._cache.items() if entry[0] > now}
        if len(self._cache) < CACHED_MAX:
            self._cache[identity] = (now + self._ttl_seconds, policy)


def _refusal_of(error: object) -> Refusal:
    """`raise Exception("Unauthorized")` is the function's way to say 401; any other error is its own fault."""
    if isinstance(error, dict) and error.get("errorMessage") == "Unauthorized":
        return Refusal("UNAUTHORIZED", "Unauthorized")
    return Refusal("AUTHORIZER_CONFIGURATION_ERROR", "Internal server error")


def authorizers_of(template: Template, fleet: Fleet) -> dict[str, Authorizer]:
    """The API's authorizers by logical id."""
    kind = "AWS::ApiGateway::Authorizer"
    return {resource.logical_id: _authorizer(template, resource, fleet) for resource in template.of_kind(kind)}


def _authorizer(template: Template, resource: Resource, fleet: Fleet) -> Authorizer:
    properties = resource.properties
    if properties["Type"] != "REQUEST":
        raise UnsupportedApi(f"{resource.logical_id} is an authorizer of type {properties['Type']}")
    sources = []
    for text in properties["IdentitySource"].split(","):
        match text.strip().split("."):
            case ["method", "request", ("header" | "querystring") as place, name]:
                sources.append(IdentitySource(place, name))
            case _:
                raise UnsupportedApi(f"{resource.logical_id} has the identity source {text}")
    function = called_function(template, resource.stack, properties["AuthorizerUri"])
    ttl = properties.get("AuthorizerResultTtlInSeconds", TTL_SECONDS_DEFAULT)
    return Authorizer(function, tuple(sources), ttl, fleet)
