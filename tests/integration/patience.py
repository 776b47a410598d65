"""Waiting for what the system does by itself, without guessing how long it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

PATIENCE_S = 20.0

T = TypeVar("T")


def until(question: Callable[[], T], satisfied: Callable[[T], bool]) -> T:
    """The first answer that satisfies; fails with the last one."""
    deadline = time.monotonic() + PATIENCE_S
    while not satisfied(answer := question()):
        assert time.monotonic() < deadline, answer
        time.sleep(0.4)  # below the limit of the person who asks
    return answer
