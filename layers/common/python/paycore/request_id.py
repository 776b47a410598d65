"""The id of a request: the gateway's own. The `requestId` beside it is the client's to choose (docs/decisions/0039)."""

from typing import Any


def request_id_of(event: dict[str, Any]) -> str:
    """Of the event of a request, or of the authorizer."""
    context: dict[str, str] = event["requestContext"]
    # the gateway always sends both; the edge function of the release before knows one
    return context.get("extendedRequestId") or context["requestId"]
