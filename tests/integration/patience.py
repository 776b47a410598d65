"""Waiting for what the system does by itself, without guessing how long it takes."""

import time
from collections.abc import Callable
from typing import TypeVar

from local.http_client import Answer

PATIENCE_S = 60.0

T = TypeVar("T")


def until(question: Callable[[], T], satisfied: Callable[[T], bool]) -> T:
    """The first answer that satisfies; fails with the last one."""
    deadline = time.monotonic() + PATIENCE_S
    while not satisfied(answer := question()):
        assert time.monotonic() < deadline, answer
        time.sleep(0.4)  # below the limit of the person who asks
    return answer


def attended(ask: Callable[[], Answer]) -> Answer:
    """The first answer that is no 503: who comes to a busy machine comes again, under the same key, as a client does."""
    return until(ask, lambda answer: answer.status != 503)
