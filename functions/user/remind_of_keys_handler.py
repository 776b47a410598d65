"""Twice an hour: tells owners of API keys that expire soon."""

from typing import Any

from functions.user.api_keys.remind import remind
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Answers with how many were told."""
    request_id = event.get("id") or context.aws_request_id
    logger.set_correlation_id(request_id)
    return {"reminded": remind(request_id)}
