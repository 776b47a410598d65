"""Renews what rows keep under older keys. Nothing triggers this function: an operator invokes it (docs/operations.md).

aws lambda invoke --function-name paycore-prod-user-renew_personal_keys /dev/stdout
"""

from typing import Any

from functions.user.renew_personal_keys import renew_personal_keys
from paycore.crypto import forget_rings
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:  # noqa: ARG001  # the shape Lambda calls
    """Answers with how much was renewed; interrupted, it is invoked again."""
    forget_rings()  # this environment may be older than the key that it is to use
    renewed = renew_personal_keys()
    logger.warning("personal keys were renewed", extra={"request_id": context.aws_request_id, **renewed})
    return renewed
