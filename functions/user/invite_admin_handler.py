"""Invites an admin. Nothing triggers this function: an operator invokes it, and says who they are and why.

aws lambda invoke --function-name paycore-prod-user-invite_admin --cli-binary-format raw-in-base64-out \
    --payload '{"email": "ada@example.com", "operator": "Grace Hopper", "reason": "Ticket 4711"}' /dev/stdout
"""

from typing import Any

from functions.user.invite_admin import InviteAdmin, invite_admin
from paycore.observability import logger


def handler(event: dict[str, Any], context: Any) -> dict[str, str]:
    """The invited address in its normal form and the one-time code; fails for what is no address, and without the
    operator's name and reason.
    """
    wanted = InviteAdmin.model_validate(event)
    code = invite_admin(wanted, context.aws_request_id)
    logger.warning("an admin was invited", extra={"request_id": context.aws_request_id})
    return {"email": wanted.email, "code": code}
