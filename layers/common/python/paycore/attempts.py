"""Counters of attempts in PostgreSQL: one row per subject, a window that begins with its first attempt.

For what must count exactly, also while Redis is down. Of requests there are too many: `paycore.rate_limit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

# A subject beyond its limit is not counted on, so that waiting helps; but for one, which tells the first refusal of a
# window from the others. A window of which any counted is followed by one twice as long, any other by one as long as
# itself, if that begins within a day: whoever can have attempts given back shortens no wait by that.
# The row lock makes parallel attempts queue.
_TAKE = text(
    """
    INSERT INTO identity.attempt AS known (subject, taken, window_started_at)
    VALUES (:subject, least(:count, :limit + 2), clock_timestamp())
    ON CONFLICT (subject) DO UPDATE
       SET (taken, window_started_at, doubled) = (
           SELECT least(:limit + 2, :count + CASE WHEN is_open THEN known.taken ELSE 0 END),
                  CASE WHEN is_open THEN known.window_started_at ELSE clock_timestamp() END,
                  CASE WHEN is_open THEN known.doubled
                       WHEN known.window_started_at > clock_timestamp() - interval '1 day'
                       THEN least(known.doubled + CASE WHEN known.taken > 0 THEN 1 ELSE 0 END, :doublings) ELSE 0 END
             FROM (SELECT known.window_started_at
                          > clock_timestamp() - make_interval(secs => :window_s * 2 ^ known.doubled) AS is_open) AS w)
    RETURNING taken > :limit AS is_refused, taken = :limit + 1 AS is_first,
              greatest(1, ceil(:window_s * 2 ^ doubled
                               + extract(epoch FROM window_started_at - clock_timestamp())))::int AS seconds
    """
)
_TAKE_EACH = text(
    """
    INSERT INTO identity.attempt AS known (subject, taken, window_started_at)
    SELECT subject, 1, clock_timestamp() FROM unnest(CAST(:subjects AS text[])) AS subject
    ON CONFLICT (subject) DO UPDATE SET taken = least(known.taken + 1, :limit + 1)
    RETURNING subject, taken <= :limit AS is_admitted
    """
)
_GIVE_BACK = text("UPDATE identity.attempt SET taken = greatest(taken - :count, 0) WHERE subject = :subject")
_CLEAR = text("UPDATE identity.attempt SET taken = 0, doubled = 0 WHERE subject = :subject")


@dataclass(frozen=True, slots=True)
class Wait:
    """There was no attempt left; `is_first`: for the first time in this window, where they are taken one by one."""

    seconds: int
    is_first: bool


def take(
    connection: Connection, subject: str, limit: int, window_s: int, *, count: int = 1, doublings: int = 0
) -> Wait | None:
    """Takes `count` attempts: None, or how long to wait where that is more than the window's `limit` has left.

    Who asks for more than is left has nothing left. A window is twice as long as the one before it if any attempt of
    that counted, up to `doublings` times, else as long; a short one again if that began more than a day ago.
    """
    facts = {"subject": subject, "limit": limit, "window_s": window_s, "count": count, "doublings": doublings}
    taken = connection.execute(_TAKE, facts).one()
    return Wait(taken.seconds, taken.is_first) if taken.is_refused else None


def take_each(connection: Connection, subjects: Sequence[str], limit: int) -> set[str]:
    """Takes one attempt of each and answers those that had one left: `limit` for ever, without a window."""
    taken = connection.execute(_TAKE_EACH, {"subjects": list(subjects), "limit": limit})
    return {row.subject for row in taken if row.is_admitted}


def give_back(connection: Connection, subject: str, *, count: int = 1) -> None:
    """Returns `count` attempts."""
    connection.execute(_GIVE_BACK, {"subject": subject, "count": count})


def clear(connection: Connection, subject: str) -> None:
    """Returns all attempts; the next window is a short one."""
    connection.execute(_CLEAR, {"subject": subject})
