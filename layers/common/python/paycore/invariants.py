"""Checks that only a bug of ours can fail: they stop the request instead of going on with a wrong state."""

from typing import TypeVar

Value = TypeVar("Value")


class BrokenInvariant(AssertionError):
    """We are wrong: never shown to a client, always an opaque 500 with an alarm."""


def present(value: Value | None, what: str) -> Value:
    """`value`, which is there unless we are wrong."""
    if value is None:
        raise BrokenInvariant(what)
    return value


def ensure(condition: object, what: str) -> None:
    """Raises BrokenInvariant with `what` unless `condition` holds. Never disabled, unlike `assert`."""
    if not condition:
        raise BrokenInvariant(what)
