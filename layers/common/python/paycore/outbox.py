"""The transactional outbox: an event is a row in the commit that made it true. The relay publishes it later."""

import json
import time
from dataclasses import dataclass

from sqlalchemy import Connection, text

from paycore import ids
from paycore.database import one_statement
from paycore.events.envelope import EventData

_STAGE = text(
    "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, version, subject, request_id, network, data) "
    "VALUES (outbox.next_position(), :event_id, :topic, :key, :type, :version, :subject, :request_id, :network, :data)"
)

_OLDEST_AGE = text("SELECT outbox.oldest_age_s()")
_BACKLOG_AGE = text("SELECT outbox.backlog_age_s(:depth)")

# As many as the relay takes at once: what it cannot take with its next batch is a backlog.
BACKLOG_DEPTH = 500


@dataclass(frozen=True, slots=True)
class Probe:
    """For how long the first event beyond the relay's next batch has waited, and how long the database took to say so;
    both in seconds.
    """

    backlog_age_s: float
    answered_in_s: float


def probe() -> Probe:
    """Asks one small question on an open connection. Its time is the pooler's: the question itself takes none."""

    def ask(connection: Connection) -> Probe:
        asked_at = time.monotonic()
        age_s = float(connection.execute(_BACKLOG_AGE, {"depth": BACKLOG_DEPTH}).scalar_one())
        return Probe(age_s, time.monotonic() - asked_at)

    return one_statement(ask)


def oldest_age_s() -> float:
    """For how long the oldest event has waited for the relay; 0 where none waits."""
    return float(one_statement(lambda connection: connection.execute(_OLDEST_AGE).scalar_one()))


def stage_event(
    connection: Connection,
    event: EventData,
    *,
    subject: str,
    partition_key: str,
    request_id: str,
    network: str | None = None,
    event_id: str | None = None,
) -> str:
    """Stages `event` in the caller's transaction and returns its id. `network`: where the request came from.

    Call it after the rows of `partition_key` are locked: the events of one key are published in the order of their
    positions, and a position is taken from the clock here.
    """
    staged_id = event_id or ids.new("evt")
    connection.execute(
        _STAGE,
        {
            "event_id": staged_id,
            "topic": event.TOPIC,
            "key": partition_key,
            "type": event.TYPE,
            "version": event.VERSION,
            "subject": subject,
            "request_id": request_id,
            "network": network,
            "data": json.dumps(event.data()),
        },
    )
    return staged_id
