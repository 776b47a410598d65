"""How many items somebody may ask for in bulks: few that move nothing (dry ones, refused ones), more of atomic ones.

A dry or atomic one locks all whom it would pay until its last item, seconds for a thousand, and a payee may be anybody;
an independent one tells of each refused item. Spending limits count none of it where nobody has set them.
"""

from functools import partial

from functions.transaction import store
from paycore import attempts
from paycore.database import one_statement, transaction
from paycore.errors import RateLimited
from paycore.request_key import RequestKey

# Half a minute of locks in an hour; enough to try out a payroll of a thousand ten times.
ITEMS_MAX = 10_000
# Of atomic bulks, whatever becomes of them: a few minutes of locks in an hour.
ATOMIC_ITEMS_MAX = 100_000
WINDOW_S = 60 * 60


def admit_items(person_id: str, count: int, key: RequestKey | None, *, atomic: bool = False) -> bool:
    """Takes them, in a commit of its own. False where none were left but the ledger knows the `key`: that is a repeat.

    Raises RateLimited for everything else that is more than what is left.
    """
    limits = {_items_of(person_id): ITEMS_MAX} | (
        {f"atomic-{_items_of(person_id)}": ATOMIC_ITEMS_MAX} if atomic else {}
    )
    with transaction() as connection:
        taken = [attempts.take(connection, *limit, WINDOW_S, count=count) for limit in limits.items()]
    waits = [wait.seconds for wait in taken if wait is not None]
    if waits and (key is None or not one_statement(partial(store.is_known, key=key))):
        raise RateLimited(retry_after_s=max(waits))
    return not waits


def give_items_back(person_id: str, count: int) -> None:
    """They moved money, or had before: they count among those of atomic bulks only."""
    with transaction() as connection:
        attempts.give_back(connection, _items_of(person_id), count=count)


def _items_of(person_id: str) -> str:
    return f"bulk:{person_id}"
