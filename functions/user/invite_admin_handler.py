"""Invites an admin. Nothing triggers this function: an operator invokes it with {"email": "..."}.

aws lambda invoke --function-name paycore-prod-user-invite_admin \
    --cli-binary-format raw-in-base64-out --payload '{"email": "ada@example.com"}' /dev/stdout
"""

from typing import Any

from functions.user.invite_admin import invite_admin
from paycore.email_address import normal_form
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """The invited address in its normal form and the one-time code; fails for what is no address."""
    email = normal_form(event["email"])
    code = invite_admin(email, context.aws_request_id)
    logger.warning("an admin was invited", extra={"request_id": context.aws_request_id})
    return {"email": email, "code": code}
