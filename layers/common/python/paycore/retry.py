"""Does again what the database rolled back because of others: a deadlock, a serialization failure, a short lock."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from paycore.errors import Busy

_Result = TypeVar("_Result")

# What took longer met somebody who holds on: a second wait would pass the 3 s that we promise.
_RETRIES_MAX = 3
_RETRIED_WITHIN_S = 0.7
_RETRY_PAUSE_S = 0.02


def again_if_busy(commit: Callable[[], _Result]) -> _Result:
    """What `commit` gives, which does all in one transaction of its own; raises Busy when rows stay locked."""
    started = time.monotonic()
    for _ in range(_RETRIES_MAX):
        try:
            return commit()
        except Busy:
            if time.monotonic() - started > _RETRIED_WITHIN_S:
                raise
            time.sleep(_RETRY_PAUSE_S * (1 + random.random()))  # noqa: S311  # jitter, no secret
    return commit()
