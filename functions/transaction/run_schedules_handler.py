"""Every minute: makes the scheduled transfers that are due, and seals addresses of schedules by the current key."""

from functions.transaction.schedules.renew_addresses import renew_addresses
from functions.transaction.schedules.run_due import run_due
from paycore.entry import schedule_handler

# Of the function's 60 s; each transfer is one short transaction.
_WORK_S = 45.0


def _run() -> dict[str, int]:
    return {"ended": run_due(_WORK_S), "sealed_anew": renew_addresses()}


handler = schedule_handler(_run)
