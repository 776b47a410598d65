"""Schedules and their occurrences in PostgreSQL."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from functions.transaction.schedules.recurrence import Due
from paycore.pagination import Page

_COLUMNS = """
SELECT s.id, s.owner_id, s.transfer, s.sealed_email, s.state, s.starts_at, s.every, s.until, s.times,
       s.next_occurrence, s.next_at, s.created_at, s.updated_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('occurrence', o.occurrence,
                   'due_at', ledger.rfc3339(o.due_at), 'status', o.status, 'transaction_id', o.transaction_id,
                   'failure_code', o.failure_code, 'ran_at', ledger.rfc3339(o.ran_at))
                   ORDER BY o.occurrence DESC), '[]')
          FROM (SELECT * FROM transfer.occurrence WHERE schedule_id = s.id ORDER BY occurrence DESC LIMIT 20) o
       ) AS occurrences
  FROM transfer.schedule s
"""
_ONE = text(_COLUMNS + " WHERE s.id = :id AND s.owner_id = :owner_id")
_LIST = text(
    _COLUMNS
    + " WHERE s.owner_id = :owner_id AND (CAST(:before AS text) IS NULL OR s.id < CAST(:before AS text))"
    + " ORDER BY s.id DESC LIMIT :limit"
)
_INSERT = text(
    "INSERT INTO transfer.schedule (id, owner_id, created_by_key, transfer, sealed_email, starts_at, every, until, "
    "                               times, next_at) "
    "VALUES (:id, :owner_id, :created_by_key, CAST(:transfer AS jsonb), :sealed_email, :starts_at, :every, :until, "
    "        :times, :starts_at)"
)
# Whoever changes a schedule or runs it queues here.
_LOCK = text("SELECT id FROM transfer.schedule WHERE id = :id AND owner_id = :owner_id FOR NO KEY UPDATE")
_LOCK_MADE_WITH = text(
    "SELECT id, owner_id, created_by_key, transfer, next_occurrence FROM transfer.schedule "
    " WHERE owner_id = :owner_id AND created_by_key = :key_id AND state IN ('active', 'paused') "
    " ORDER BY id FOR NO KEY UPDATE"
)
_LOCK_DUE = text(
    "SELECT id, owner_id, transfer, sealed_email, starts_at, every, until, times, next_occurrence, next_at "
    "  FROM transfer.schedule WHERE id = :id AND state = 'active' AND next_at <= clock_timestamp() "
    "   FOR NO KEY UPDATE SKIP LOCKED"
)
# Each owner's first, then each owner's second, and so on: who has many keeps nobody waiting.
_DUE = text(
    "SELECT d.id FROM (SELECT id, next_at, row_number() OVER (PARTITION BY owner_id ORDER BY next_at) AS turn "
    "                    FROM transfer.schedule WHERE state = 'active' AND next_at <= clock_timestamp() "
    "                     AND (not_before IS NULL OR not_before <= clock_timestamp())) d "
    " ORDER BY d.turn, d.next_at LIMIT :at_most"
)
_POSTPONE = text(
    "UPDATE transfer.schedule SET not_before = clock_timestamp() + make_interval(secs => :wait_s) WHERE id = :id"
)
_OPEN = text("SELECT count(*) FROM transfer.schedule WHERE owner_id = :owner_id AND state IN ('active', 'paused')")
_MOVE_ON = text(
    "UPDATE transfer.schedule SET state = :state, next_occurrence = :next_occurrence, next_at = :next_at, "
    "       updated_at = clock_timestamp() WHERE id = :id"
)
# Ended ones, too: their owners still see them.
_SEALED_BY = text(
    "SELECT id, sealed_email FROM transfer.schedule "
    " WHERE split_part(sealed_email, '.', 1) = ANY(CAST(:key_ids AS text[])) "
    " ORDER BY id LIMIT :at_most FOR NO KEY UPDATE SKIP LOCKED"
)
_SEAL_ANEW = text("UPDATE transfer.schedule SET sealed_email = :sealed_email WHERE id = :id")
_HAS_RUN = text("SELECT 1 FROM transfer.occurrence WHERE schedule_id = :id AND occurrence = :occurrence")
_NOTE = text(
    "INSERT INTO transfer.occurrence (schedule_id, occurrence, due_at, status, transaction_id, failure_code) "
    "VALUES (:id, :occurrence, :due_at, :status, :transaction_id, :failure_code)"
)
_SKIP = text(
    "INSERT INTO transfer.occurrence (schedule_id, occurrence, due_at, status) "
    "SELECT :id, missed.*, 'skipped' "
    "  FROM unnest(CAST(:occurrences AS integer[]), CAST(:due_ats AS timestamptz[])) AS missed (occurrence, due_at) "
    "ON CONFLICT DO NOTHING"
)
_PERSON = text("SELECT active, roles, kyc_verified FROM directory.person_state(:person_id)")
_ACCOUNTS = text(
    "SELECT id, owner_id, currency FROM ledger.account  WHERE kind = 'wallet' AND id = ANY(CAST(:wallet_ids AS text[]))"
)


def insert(connection: Connection, values: dict[str, Any]) -> None:
    """A new schedule, active."""
    connection.execute(_INSERT, values | {"transfer": json.dumps(values["transfer"])})


def find(connection: Connection, schedule_id: str, owner_id: str) -> Row[Any] | None:
    """The owner's schedule with its last occurrences."""
    return connection.execute(_ONE, {"id": schedule_id, "owner_id": owner_id}).one_or_none()


def lock(connection: Connection, schedule_id: str, owner_id: str) -> Row[Any] | None:
    """The owner's schedule as it is once its row is ours."""
    connection.execute(_LOCK, {"id": schedule_id, "owner_id": owner_id})
    return find(connection, schedule_id, owner_id)


def lock_made_with(connection: Connection, owner_id: str, key_id: str) -> Sequence[Row[Any]]:
    """The owner's schedules that this API key has made and that may still run, once their rows are ours."""
    return connection.execute(_LOCK_MADE_WITH, {"owner_id": owner_id, "key_id": key_id}).all()


def list_of(connection: Connection, owner_id: str, page: Page) -> Sequence[Row[Any]]:
    """The owner's schedules, newest first, with one more than the page shows."""
    values = {"owner_id": owner_id, "before": page.before, "limit": page.limit + 1}
    return connection.execute(_LIST, values).all()


def due(connection: Connection, at_most: int) -> list[str]:
    """The ids of schedules whose time has come, their owners in turn, the longest waiting first."""
    return list(connection.execute(_DUE, {"at_most": at_most}).scalars())


def postpone(connection: Connection, schedule_id: str, wait_s: int) -> None:
    """It is not looked at for so many seconds; what is due stays due."""
    connection.execute(_POSTPONE, {"id": schedule_id, "wait_s": wait_s})


def count_open(connection: Connection, owner_id: str) -> int:
    """How many schedules of this owner may still run."""
    return int(connection.execute(_OPEN, {"owner_id": owner_id}).scalar_one())


def lock_due(connection: Connection, schedule_id: str) -> Row[Any] | None:
    """The schedule, if it still is due and nobody else has it in hand."""
    return connection.execute(_LOCK_DUE, {"id": schedule_id}).one_or_none()


def move_on(connection: Connection, schedule_id: str, values: dict[str, Any]) -> None:
    """`state`, `next_occurrence` and `next_at` from now on."""
    connection.execute(_MOVE_ON, {"id": schedule_id, **values})


def sealed_by(connection: Connection, key_ids: list[str], at_most: int) -> Sequence[Row[Any]]:
    """Schedules whose address one of these keys has sealed, locked; those that somebody has in hand are left out."""
    return connection.execute(_SEALED_BY, {"key_ids": key_ids, "at_most": at_most}).all()


def seal_anew(connection: Connection, schedule_id: str, sealed_email: str) -> None:
    """The same address under another key."""
    connection.execute(_SEAL_ANEW, {"id": schedule_id, "sealed_email": sealed_email})


def has_run(connection: Connection, schedule_id: str, occurrence: int) -> bool:
    """Whether this occurrence has had its end."""
    found = connection.execute(_HAS_RUN, {"id": schedule_id, "occurrence": occurrence})
    return found.one_or_none() is not None


def note(connection: Connection, schedule_id: str, occurrence: dict[str, Any]) -> None:
    """What became of an occurrence, once for ever."""
    connection.execute(_NOTE, {"id": schedule_id, **occurrence})


def skip(connection: Connection, schedule_id: str, missed: list[Due]) -> None:
    """None of these will run that has not."""
    values = {"occurrences": [each.occurrence for each in missed], "due_ats": [each.due_at for each in missed]}
    connection.execute(_SKIP, {"id": schedule_id, **values})


def person(connection: Connection, person_id: str) -> Row[Any] | None:
    """Whether the owner may act, and their roles; None where there is nobody."""
    return connection.execute(_PERSON, {"person_id": person_id}).one_or_none()


def accounts(connection: Connection, wallet_ids: list[str]) -> dict[str, Row[Any]]:
    """Those of the wallets that there are, by id."""
    rows = connection.execute(_ACCOUNTS, {"wallet_ids": wallet_ids}).all()
    return {str(row.id): row for row in rows}
