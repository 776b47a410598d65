"""Every minute: makes the scheduled transfers that are due."""

from functions.transaction.schedules.run_due import run_due
from paycore.entry import schedule_handler

# Of the function's 60 s; each transfer is one short transaction.
_WORK_S = 45.0


def _run() -> dict[str, int]:
    return {"ended": run_due(_WORK_S)}


handler = schedule_handler(_run)
