"""Asks for the second factor where several movements are judged together, or one before its time."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, text

from paycore.caller import Caller
from paycore.money import Money

_IS_ABOVE = text(
    "SELECT EXISTS (SELECT FROM unnest(CAST(:currencies AS text[]), CAST(:amounts AS bigint[])) AS asked (code, minor) "
    "                WHERE asked.minor > ledger.step_up_above(asked.code))"
)


def require_step_up(connection: Connection, caller: Caller, moved: Iterable[Money]) -> None:
    """Raises StepUpRequired where the amounts of a currency sum to more than goes without.

    A movement by itself is judged by the ledger, which also knows what a quote or a sweep moves.
    """
    if caller.stepped_up:
        return
    sums: Counter[str] = Counter()
    for each in moved:
        sums[each.currency] += each.amount_minor
    values = {"currencies": list(sums), "amounts": list(sums.values())}
    if sums and connection.execute(_IS_ABOVE, values).scalar_one():
        caller.require_step_up()
