"""Checks that only a bug of ours can fail: they stop the request instead of going on with a wrong state."""


class BrokenInvariant(AssertionError):
    """We are wrong: never shown to a client, always an opaque 500 with an alarm."""


def ensure(condition: object, what: str) -> None:
    """Raises BrokenInvariant with `what` unless `condition` holds. Never disabled, unlike `assert`."""
    if not condition:
        raise BrokenInvariant(what)
