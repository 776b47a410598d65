"""Gives the money that no event has given: whose wallet was frozen, or came just when the hold was made."""

import time

from functions.transaction.claims import store
from functions.transaction.claims.claim import give
from paycore import ids
from paycore.database import transaction
from paycore.errors import PaymentError
from paycore.invariants import ensure
from paycore.observability import logger

# Of one look: it asks about the owner of each.
HOLDS_PER_LOOK = 500


def claim_waiting(seconds: float) -> int:
    """Looks at the holds whose turn it is, for at most `seconds` (plus the last one); returns how many were claimed.

    What cannot be claimed has its next turn after as long as it has waited, within an hour, and so keeps no other from
    its own. What breaks is a bug of ours: it is put off likewise, and raised at the end.
    """
    ends = time.monotonic() + seconds
    occasion = str(ids.new_uuid())
    given = 0
    broken: list[str] = []
    while time.monotonic() < ends and (turn := _next_turn()):
        for held in turn:
            if held.has_wallet and time.monotonic() < ends:
                given += _try(held.waiting, occasion, broken)
    ensure(not broken, "what waits for an address can be claimed or is refused")
    return given


def _next_turn() -> list[store.Looked]:
    with transaction() as connection:
        turn = store.look(connection, HOLDS_PER_LOOK)
        store.put_off(connection, [each.waiting.transaction_id for each in turn if not each.has_wallet])
    return turn


def _try(waiting: store.Waiting, occasion: str, broken: list[str]) -> bool:
    try:
        if give(waiting, occasion):
            return True
    except Exception as trouble:  # noqa: BLE001  # one that cannot be claimed must not keep the others from it
        told = {"transaction_id": waiting.transaction_id}
        if isinstance(trouble, PaymentError) and trouble.retryable:
            logger.warning("money for an address must wait", extra=told)
        else:
            logger.exception("money for an address cannot be claimed", extra=told)
            broken.append(waiting.transaction_id)
    with transaction() as connection:
        store.put_off(connection, [waiting.transaction_id])
    return False
