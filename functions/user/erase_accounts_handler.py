"""Every hour: erases what is personal in accounts that were closed a while ago."""

from typing import Any

from functions.user.account.erase import erase_due
from functions.user.account.forget_registrations import forget_registrations
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Answers with how many were erased."""
    request_id = event.get("id") or context.aws_request_id
    logger.set_correlation_id(request_id)
    return {"erased": erase_due(request_id), "registrations": forget_registrations()}
