"""Asks for the second factor where several movements are judged together, or one before its time."""

from collections import Counter
from collections.abc import Iterable

from functions.transaction.schemas import TransferRequest
from functions.transaction.step_up import store
from paycore.caller import Caller
from paycore.database import Connection


def require_step_up(connection: Connection, caller: Caller, wanted: Iterable[TransferRequest]) -> None:
    """Raises StepUpRequired where the amounts of a currency sum to more than goes without.

    A movement by itself is judged by the ledger, which also knows what a quote or a sweep moves.
    """
    if caller.stepped_up:
        return
    sums: Counter[str] = Counter()
    for each in wanted:
        sums[each.currency] += each.amount
    if store.is_above(connection, sums):
        caller.require_step_up()
