"""The lease and the staged events in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from paycore.database import one_statement, transaction

BATCH_MAX = 500
# Longer than a key is set aside and then tried again: while it is stuck, it is noted without a gap.
STUCK_S = 60
LEASE_S = 15  # longer than one wave can wait for Kafka: 3 s to connect, 3 s for the topic, 6 s for acknowledgements

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
    SELECT id, event_id, topic, partition_key, type, version, subject, request_id, network, data, created_at
      FROM outbox.event
     WHERE published_at IS NULL AND (topic || ' ' || partition_key) COLLATE "C" <> ALL(CAST(:waiting AS text[]))
     ORDER BY id, event_id LIMIT :batch_max
    """
)
# Renews the lease and marks in one statement. Another fence, and nothing happens: no row comes back. The positions find
# the rows in their index; several events may share one.
_MARK = text(
    """
    WITH mine AS (
        UPDATE outbox.lease SET expires_at = clock_timestamp() + make_interval(secs => :life_s)
         WHERE name = 'relay' AND fence = :fence RETURNING fence
    ), marked AS (
        UPDATE outbox.event SET published_at = clock_timestamp()
          FROM mine
         WHERE published_at IS NULL AND id = ANY(CAST(:positions AS bigint[]))
           AND (id || ' ' || event_id) COLLATE "C" = ANY(CAST(:acknowledged AS text[]))
    )
    SELECT fence FROM mine
    """
)
# Not the first in the order of claim(): that is by position, and a late commit may have staged its event earlier.
_OLDEST_AGE = text(
    """
    SELECT coalesce(extract(epoch FROM clock_timestamp() - (
               SELECT min(created_at) FROM outbox.event WHERE published_at IS NULL)), 0)::float8
      FROM outbox.lease WHERE holder = :holder
    """
)
_NOTE_STUCK = text(
    """
    INSERT INTO outbox.stuck_key AS k (topic, partition_key, until)
    SELECT topic, partition_key, clock_timestamp() + make_interval(secs => :life_s)
      FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[])) AS stuck (topic, partition_key)
    ON CONFLICT (topic, partition_key) DO UPDATE SET until = excluded.until
    """
)
_FORGET_STUCK = text("DELETE FROM outbox.stuck_key WHERE until < clock_timestamp()")
_RELEASE = text("UPDATE outbox.lease SET expires_at = clock_timestamp() WHERE holder = :holder")


class Deposed(Exception):
    """Another relay has the lease."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in the order of their positions, and the fence under which they may be marked."""

    fence: int
    rows: Sequence[Row[Any]]


def claim(holder: str, waiting: Sequence[tuple[str, str]] = ()) -> Batch:
    """The oldest unmarked events, but for those of the `waiting` keys (topic, partition key). Raises Deposed.

    The lease row stays locked until this commits, so a relay that was deposed meanwhile gets nothing.
    """
    with transaction() as connection:
        fence = connection.execute(_LEASE, {"holder": holder, "life_s": LEASE_S}).scalar_one_or_none()
        if fence is None:
            raise Deposed
        # no topic has a space in its name
        values = {"batch_max": BATCH_MAX, "waiting": [" ".join(key) for key in waiting]}
        return Batch(fence, connection.execute(_UNPUBLISHED, values).all())


def mark(fence: int, rows: Sequence[Row[Any]]) -> None:
    """Renews the lease and marks exactly the rows that Kafka has acknowledged. Raises Deposed: nothing is marked."""
    with transaction() as connection:
        values = {
            "fence": fence,
            "life_s": LEASE_S,
            "positions": [row.id for row in rows],
            "acknowledged": [f"{row.id} {row.event_id}" for row in rows],
        }
        if connection.execute(_MARK, values).one_or_none() is None:
            raise Deposed


def note_stuck(keys: Sequence[tuple[str, str]]) -> None:
    """These keys (topic, partition key) wait behind an event that cannot leave, and so are no backlog for a while."""
    if not keys:
        return
    values = {"topics": [topic for topic, _ in keys], "keys": [key for _, key in keys], "life_s": STUCK_S}
    with transaction() as connection:
        connection.execute(_FORGET_STUCK)
        connection.execute(_NOTE_STUCK, values)


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
