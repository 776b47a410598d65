"""Every hour: erases what is personal in accounts that were closed a while ago, and forgets what is over."""

from functools import partial
from typing import Any

from functions.user.account.erase import erase_due
from functions.user.account.forget_past import KEPT_DAYS, forget_past
from functions.user.account.forget_registrations import forget_registrations
from functions.user.account.in_turns import Task, in_turns
from paycore.observability import logger

_ACCOUNTS_PER_BATCH = 100  # each is a commit of its own: a few seconds together
_ROWS_PER_BATCH = 1_000  # some 50 ms


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Answers with how many of each were erased."""
    request_id = event.get("id") or context.aws_request_id
    logger.set_correlation_id(request_id)
    past = {kind: Task(partial(forget_past, kind), _ROWS_PER_BATCH) for kind in KEPT_DAYS}
    return in_turns(
        {
            "erased": Task(partial(erase_due, request_id), _ACCOUNTS_PER_BATCH),
            "registrations": Task(forget_registrations, _ROWS_PER_BATCH),
            **past,
        }
    )
