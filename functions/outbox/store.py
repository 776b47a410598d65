"""The lease and the staged events in PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from paycore.database import one_statement, transaction

BATCH_MAX = 500
LEASE_S = 10  # longer than the longest wait for Kafka within one batch

# Takes a free lease, keeps one's own; the fence grows with every new holder. No row: somebody else works.
_LEASE = text(
    """
    INSERT INTO outbox.lease AS l (name, holder, fence, expires_at)
    VALUES ('relay', :holder, 1, clock_timestamp() + make_interval(secs => :life_s))
    ON CONFLICT (name) DO UPDATE
       SET holder = excluded.holder, expires_at = excluded.expires_at,
           fence = l.fence + (l.holder <> excluded.holder)::integer
     WHERE l.holder = excluded.holder OR l.expires_at < clock_timestamp()
    RETURNING fence
    """
)
_UNPUBLISHED = text(
    """
    SELECT id, event_id, topic, partition_key, type, version, subject, request_id, data, created_at
      FROM outbox.event WHERE published_at IS NULL ORDER BY id, event_id LIMIT :batch_max
    """
)
_MARK = text(
    "UPDATE outbox.event SET published_at = clock_timestamp() "
    "WHERE published_at IS NULL AND event_id = ANY(CAST(:event_ids AS text[]))"
)
# Not the first in the order of claim(): that is by position, and a late commit may have staged its event earlier.
_OLDEST_AGE = text(
    """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT min(created_at) FROM outbox.event WHERE published_at IS NULL)), 0)::float8
      FROM outbox.lease WHERE holder = :holder
    """
)
_RELEASE = text("UPDATE outbox.lease SET expires_at = clock_timestamp() WHERE holder = :holder")


def claim(holder: str) -> Sequence[Row[Any]]:
    """The oldest unmarked events if `holder` has the lease, else nothing; in the order of their positions.

    The lease row stays locked until this commits, so a relay that was deposed meanwhile gets nothing.
    """
    with transaction() as connection:
        if connection.execute(_LEASE, {"holder": holder, "life_s": LEASE_S}).one_or_none() is None:
            return []
        return connection.execute(_UNPUBLISHED, {"batch_max": BATCH_MAX}).all()


def mark(event_ids: list[str]) -> None:
    """Marks exactly the events that Kafka has acknowledged."""
    if event_ids:
        with transaction() as connection:
            connection.execute(_MARK, {"event_ids": event_ids})


def release(holder: str) -> None:
    """Ends the lease of `holder`, if it is his."""
    with transaction() as connection:
        connection.execute(_RELEASE, {"holder": holder})


def oldest_age_s(holder: str) -> float | None:
    """Seconds since the oldest unpublished event was staged, 0 without one; None if another has the lease."""
    age: float | None = one_statement(
        lambda connection: connection.execute(_OLDEST_AGE, {"holder": holder}).scalar_one_or_none()
    )
    return age
