"""The time, in UTC, from one place that a test can replace."""

from collections.abc import Callable
from datetime import UTC, datetime


def _system_now() -> datetime:
    return datetime.now(UTC)


now: Callable[[], datetime] = _system_now


def timestamp(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`: 2026-02-01T09:30:00.000000Z."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
