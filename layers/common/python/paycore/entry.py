"""The Lambda decorators, once: what turns an application or a function into a handler that the runtime can call."""

from collections.abc import Callable
from typing import Any

from mangum import Mangum

from paycore.observability import logger
from paycore.request_id import request_id_of

LambdaHandler = Callable[[dict[str, Any], Any], Any]

# Anything else would leave the function base64-encoded.
_TEXT_TYPES = ["text/", "application/json", "application/problem+json", "application/health+json"]


def api_handler(app: Any) -> LambdaHandler:
    """A handler for API Gateway (REST, payload v1). Lifespan is off: Mangum would run it at every request."""
    mangum = Mangum(app, lifespan="off", text_mime_types=_TEXT_TYPES)

    def handler(event: dict[str, Any], context: Any) -> Any:
        logger.set_correlation_id(request_id_of(event))
        return mangum(_with_own_host(event), context)

    return handler


def _with_own_host(event: dict[str, Any]) -> dict[str, Any]:
    """The event with the API's own name as Host: the client's may be no name at all, which Mangum cannot read."""
    domain = event["requestContext"].get("domainName")
    if domain is None:  # not the gateway asks, but our own edge function
        return event

    def others(headers: dict[str, Any] | None) -> dict[str, Any]:
        return {name: value for name, value in (headers or {}).items() if name.lower() != "host"}

    return {
        **event,
        "headers": {**others(event["headers"]), "Host": domain},
        "multiValueHeaders": {**others(event["multiValueHeaders"]), "Host": [domain]},
    }


def schedule_handler(work: Callable[[], Any]) -> LambdaHandler:
    """A handler for an EventBridge schedule: the event says only that it is time."""

    def handler(event: dict[str, Any], context: Any) -> Any:
        logger.set_correlation_id(event.get("id") or context.aws_request_id)
        return work()

    return handler
