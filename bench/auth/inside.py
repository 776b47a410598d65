"""What runs inside a function's environment: its own code, layers and variables, called as the runtime calls it.

As a program: `python inside.py <what>` with the facts as JSON on its standard input; prints its figures as JSON.
"""

import contextlib
import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

WARM_UP = 50  # imports on first use, caches, connections


def median_ms(ask: Callable[[int], object], times: int) -> float:
    """The median of `times` calls, after a few that do not count."""
    took = []
    for number in range(WARM_UP + times):
        started = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took[WARM_UP:])


def authorizer(facts: dict[str, Any]) -> dict[str, float]:
    """The whole decision about a good token."""
    from functions.authorizer.token_handler import handler

    event = {**facts["event"], "multiValueHeaders": {"Authorization": [f"Bearer {facts['token']}"]}}
    answer = handler(event, None)
    if answer["policyDocument"]["Statement"][0]["Effect"] != "Allow":
        raise RuntimeError("the token is refused")
    return {"p50_ms": median_ms(lambda _: handler(event, None), facts["times"])}


def session(facts: dict[str, Any]) -> dict[str, float]:
    """Limit and session: what every request asks first."""
    from paycore.caller import cache_key
    from paycore.origin import Origin
    from paycore.rate_limit import Lookups, admit
    from paycore.session import caller_of

    context = facts["context"]

    def ask(number: int) -> None:
        address = f"127.5.{number // 250 % 250}.{number % 250 + 1}"
        lookups = Lookups(cache_key(context["session_id"]))
        request_id = f"bench-{number}-{time.time_ns()}"
        admission = admit(address, 100, request_id, lookups)
        caller_of(context, admission.cached_state, Origin(address, request_id))

    return {"p50_ms": median_ms(ask, facts["times"])}


def login(facts: dict[str, Any]) -> dict[str, float]:
    """A sign-in through the whole handler: all of its time, and what of it is not bcrypt."""
    import bcrypt

    from functions.user import api_handler

    hashing = _Stopwatch()
    bcrypt.hashpw, bcrypt.checkpw = hashing.around(bcrypt.hashpw), hashing.around(bcrypt.checkpw)
    totals, others = [], []
    for _ in range(facts["times"]):
        hashing.seconds = 0.0
        started = time.perf_counter()
        answer = api_handler.handler(facts["event"], None)
        total = time.perf_counter() - started
        if answer["statusCode"] != 200:
            raise RuntimeError(answer["body"])
        totals.append(total * 1000)
        others.append((total - hashing.seconds) * 1000)
    return {"total_ms": statistics.median(totals[1:]), "other_ms": statistics.median(others[1:])}


class _Stopwatch:
    """Adds up the time of functions."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, measured."""

        def call(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds += time.perf_counter() - started

        return call


PARTS = {"authorizer": authorizer, "session": session, "login": login}

if __name__ == "__main__":
    asked = json.load(sys.stdin)
    with contextlib.redirect_stdout(io.StringIO()):  # the function's log
        figures = PARTS[sys.argv[1]](asked)
    print(json.dumps(figures))
