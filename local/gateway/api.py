"""One request's way through the gateway: firewall, route, throttle, authorizer, function, answer."""

import asyncio
import time

from local.configuration import Configuration
from local.environments.fleet import Fleet
from local.environments.invocation import PAYLOAD_BYTES_MAX, Outcome, TooManyRequests
from local.gateway.access_log import AccessLog
from local.gateway.answer import MalformedAnswer, read_answer
from local.gateway.authorizer import authorizers_of
from local.gateway.exchange import Exchange, Refusal
from local.gateway.limits import Throttle, firewall_of
from local.gateway.media_types import BinaryMediaTypes
from local.gateway.proxy_event import proxy_event
from local.gateway.responses import GatewayResponses
from local.gateway.routes import Match, Route, Routes, UnsupportedApi, routes_of
from local.template import Resource, Template
from local.web.request import Request

FAILED = "Internal server error"
Answer = tuple[int, bytes, bytes]


class Api:
    """The stage of the REST API that the template describes."""

    def __init__(self, template: Template, fleet: Fleet, configuration: Configuration) -> None:
        stage, api = _only(template, "AWS::ApiGateway::Stage"), _only(template, "AWS::ApiGateway::RestApi")
        self._fleet = fleet
        self._stage: str = stage.properties["StageName"]
        self._routes = Routes(_served(routes_of(template), fleet))
        self._authorizers = authorizers_of(template, fleet)
        self._firewall = firewall_of(template)
        self._throttle = Throttle(stage.properties.get("MethodSettings", []))
        self._responses = GatewayResponses(template)
        self._binary = BinaryMediaTypes(api.properties.get("BinaryMediaTypes", []))
        log_format = template.value(stage.stack, stage.properties["AccessLogSetting"]["Format"])
        self._access_log = AccessLog(log_format, configuration.log_file("gateway-access"))

    def exchange(self, request: Request, peer: str) -> Exchange:
        return Exchange(request, peer, self._stage)

    async def answer(self, exchange: Exchange) -> Answer:
        """The answer to a readable request, whatever happens."""
        try:
            answer = await self._answer(exchange)
        except Refusal as refusal:
            answer = self._responses.refuse(exchange, refusal)
        return self._logged(exchange, answer)

    def unreadable(self, exchange: Exchange, status: int) -> Answer:
        """The answer to a request that HTTP's rules or our limits ended early."""
        return self._logged(exchange, self._responses.unreadable(exchange, status))

    def close(self) -> None:
        self._access_log.close()

    async def _answer(self, exchange: Exchange) -> Answer:
        if self._firewall and not self._firewall.admits(exchange.peer, f"/{self._stage}{exchange.path}"):
            exchange.waf_code = "WAF_BLOCK"
            raise Refusal("WAF_FILTERED", "Forbidden")
        request = exchange.request
        match = exchange.match = self._routes.match(request.method, exchange.path)
        if match is None:
            raise Refusal("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")
        if not self._throttle.admits(match.route.resource_path, match.route.method):
            raise Refusal("THROTTLED", "Too Many Requests")
        if match.route.authorizer:
            await self._authorizers[match.route.authorizer].authorize(exchange, match)
        outcome = await self._integrate(exchange, match)
        try:
            binary = self._binary.accepted(exchange.last_headers.get("accept"))
            status, head, body = read_answer(outcome.payload, binary=binary)
        except MalformedAnswer as error:
            raise Refusal("DEFAULT_5XX", FAILED) from error
        own = f"X-Amzn-Trace-Id: {exchange.trace_id}\r\n".encode()
        return status, exchange.identity_head() + own + head, body

    async def _integrate(self, exchange: Exchange, match: Match) -> Outcome:
        """The function's answer within the integration's time; the function itself may go on longer."""
        binary = self._binary.sent(exchange.last_headers.get("content-type"))
        payload = proxy_event(exchange, match, binary=binary)
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise Refusal("REQUEST_TOO_LARGE", "Request Too Long")
        began = time.perf_counter()
        try:
            async with asyncio.timeout(match.route.timeout_seconds):
                outcome = await self._fleet.submit(match.route.function, payload, exchange.trace_id)
        except TimeoutError as error:
            raise Refusal("INTEGRATION_TIMEOUT", "Endpoint request timed out") from error
        except TooManyRequests as error:
            exchange.integration_status = 429
            raise Refusal("DEFAULT_5XX", FAILED) from error
        finally:
            exchange.integration_ms = int((time.perf_counter() - began) * 1000)
        exchange.function_request_id = outcome.request_id
        exchange.integration_status = 200
        if outcome.error:
            raise Refusal("DEFAULT_5XX", FAILED)
        return outcome

    def _logged(self, exchange: Exchange, answer: Answer) -> Answer:
        exchange.status, exchange.response_length = answer[0], len(answer[2])
        self._access_log.write(exchange)
        return answer


def _served(routes: list[Route], fleet: Fleet) -> list[Route]:
    """The routes, if a function of ours answers each of them."""
    if missing := {route.function for route in routes} - fleet.pools.keys():
        raise UnsupportedApi(f"not among the local functions: {', '.join(sorted(missing))}")
    return routes


def _only(template: Template, kind: str) -> Resource:
    found = template.of_kind(kind)
    if len(found) != 1:
        raise UnsupportedApi(f"the template has {len(found)} resources of {kind}, the local gateway serves one")
    return found[0]
