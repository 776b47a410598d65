"""Which owners of API keys are to be told that one expires soon."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from functions.user.store import Record

# One step at a time for each key: a reminder that was missed for days is not sent after the next one.
_DUE = text(
    """
    UPDATE identity.api_key AS key SET reminded_days = due.days
      FROM (SELECT k.id, min(step.days) AS days
              FROM identity.api_key k JOIN unnest(CAST(:steps AS int[])) AS step (days)
                ON k.expires_at <= clock_timestamp() + make_interval(days => step.days)
             WHERE k.revoked_at IS NULL AND k.expires_at > clock_timestamp()
             GROUP BY k.id) AS due
     WHERE key.id = due.id AND (key.reminded_days IS NULL OR key.reminded_days > due.days)
    RETURNING key.id, key.user_id, key.name, key.shown, key.expires_at, due.days
    """
)


def due(connection: Connection, steps: Sequence[int]) -> Sequence[Record]:
    """Keys that expire within one of so many days and were not reminded of it; each with `days`, and marked."""
    return connection.execute(_DUE, {"steps": list(steps)}).all()
