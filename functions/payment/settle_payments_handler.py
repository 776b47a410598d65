"""Every minute: settles the payments and refunds whose outcome was unknown."""

from functions.payment.settle_pending import settle_pending
from paycore.entry import schedule_handler

# Of the function's 60 s; the last one begun needs two calls to the processor and three transactions.
_WORK_S = 40.0


def _settle() -> dict[str, int]:
    return {"looked_at": settle_pending(_WORK_S)}


handler = schedule_handler(_settle)
