"""Settles what is still `processing`: asks the processor what became of it, and sends again what never got there."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from functions.payment import processor_client
from functions.payment.movements import forget_all
from functions.payment.processor_call import Unclear
from functions.payment.processor_client import Verdict
from functions.payment.settle_payment import ask_for_charge, settle_payment
from functions.payment.settle_refund import ask_for_refund, settle_refund
from functions.payment.store import Connection, Record, payments, refunds
from paycore.database import transaction
from paycore.ledger.outcome import Outcome
from paycore.observability import logger


@dataclass(frozen=True, slots=True)
class _Kind:
    """Payments and refunds are settled in the same way."""

    name: str
    claim_due: Callable[[Connection], str | None]
    find: Callable[[str], Verdict | None]
    ask_again: Callable[[str], Verdict | None]
    settle: Callable[[Connection, str, Verdict | None, list[Outcome]], Record]


_KINDS = (
    _Kind("payment", payments.claim_due, processor_client.find_charge, ask_for_charge, settle_payment),
    _Kind("refund", refunds.claim_due, processor_client.find_refund, ask_for_refund, settle_refund),
)


def settle_pending(seconds: float) -> int:
    """Settles one after the other for at most `seconds` (plus the last one); returns how many were looked at.

    Each is claimed with its next turn already set: what fails here is tried again, and never blocks the others.
    """
    deadline = time.monotonic() + seconds
    looked_at = 0
    for kind in _KINDS:
        while time.monotonic() < deadline and _settle_next(kind):
            looked_at += 1
    return looked_at


def _settle_next(kind: _Kind) -> bool:
    """False when nothing is due."""
    with transaction() as connection:
        subject = kind.claim_due(connection)
    if subject is None:
        return False
    verdict = _ask(kind, subject)
    moved: list[Outcome] = []
    with transaction() as connection:
        settled = kind.settle(connection, subject, verdict, moved)
    forget_all(moved)
    logger.info(f"{kind.name} looked at", extra={"subject": subject, "status": settled.status})
    return True


def _ask(kind: _Kind, subject: str) -> Verdict | None:
    """What became of it. Sent again under the same key only when the processor says that it never got there."""
    try:
        found = kind.find(subject)
    except Unclear as trouble:
        logger.warning(f"{kind.name} is unclear", extra={"subject": subject, "trouble": str(trouble)})
        return None
    return found or kind.ask_again(subject)
