"""Every five minutes: verifies what is new in the ledger."""

from typing import Any

from functions.transaction.verification.verify_ledger import verify_ledger
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers with the verification's id, its number of violations, and the wallets that it froze."""
    request_id = event.get("id") or context.aws_request_id
    logger.set_correlation_id(request_id)
    return verify_ledger(request_id)
