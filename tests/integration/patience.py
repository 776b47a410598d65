"""Waiting for what the system does by itself, without guessing how long it takes."""

import time
from collections.abc import Callable

from local.http_client import Answer

PATIENCE_S = 20.0


def until(question: Callable[[], Answer], satisfied: Callable[[Answer], bool]) -> Answer:
    """The first answer that satisfies; fails with the last one."""
    deadline = time.monotonic() + PATIENCE_S
    while not satisfied(answer := question()):
        assert time.monotonic() < deadline, answer.raw
        time.sleep(0.4)  # below the limit of the person who asks
    return answer
