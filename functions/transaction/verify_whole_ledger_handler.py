"""Every half hour: verifies the whole ledger, once a night."""

from typing import Any

from functions.transaction.verification.verify_ledger import verify_ledger
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers as the verification of what is new does; with nothing where tonight's is done."""
    request_id = event.get("id") or context.aws_request_id
    logger.set_correlation_id(request_id)
    return verify_ledger(request_id, whole=True)
