"""Brings all people under the present keys of `personal-keys` and `recipient-keys`, batch by batch."""

from collections.abc import Callable

from functions.user.store import Connection
from functions.user.store.renewals import Batch, index_people, wrap_keys
from paycore.database import transaction

_BATCH = 200  # rows that are locked at a time: some 100 ms


def renew_personal_keys() -> dict[str, int]:
    """How many data keys were wrapped anew and how many addresses were named anew; run again, it finds nothing."""
    return {"keys": _all(wrap_keys), "addresses": _all(index_people)}


def _all(renew: Callable[[Connection, str, int], Batch]) -> int:
    renewed, after = 0, ""
    while True:
        with transaction() as connection:
            batch = renew(connection, after, _BATCH)
        renewed, after = renewed + batch.renewed, batch.last_id
        if batch.looked_at < _BATCH:
            return renewed
