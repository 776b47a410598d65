"""Publishes staged events: in order for each key, at least once, and none is ever skipped.

One relay works at a time (a lease with a fence). It always starts from every unmarked row, so neither a late commit
nor a dead predecessor leaves anything behind. One that was deposed learns it with its next mark: it marks nothing, and
what it repeats until then, one wave at most, consumers recognize by the event id.
"""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from functions.outbox import store
from functions.outbox.aside import SetAside
from functions.outbox.stale_entries import stale_entries
from functions.outbox.stale_sessions import people_with_stale_sessions
from functions.outbox.store import Batch, Deposed
from paycore import cache_entries, clock, session
from paycore.database import Row
from paycore.errors import Busy, Unavailable
from paycore.events.envelope import envelope
from paycore.events.registry import event_types
from paycore.kafka import TOGETHER_BYTES, Message, publish
from paycore.metric_names import EVENTS_PUBLISHED, EVENTS_SET_ASIDE, OUTBOX_OLDEST_AGE
from paycore.observability import logger

# The schedule starts the next one after 60 s, which then stands by until this one gives the lease back: no gap between.
RUN_S = 65.0
IDLE_PAUSE_S = 0.1
TROUBLE_PAUSE_S = 1.0

Rendered: TypeAlias = tuple[Row[Any], Message]

metrics = Metrics()


def relay(holder: str) -> int:
    """Works for one run under the name `holder`; returns how many events Kafka has acknowledged."""
    published = 0
    aside = SetAside()
    ends = time.monotonic() + RUN_S
    while time.monotonic() < ends:
        try:
            batch = store.claim(holder, aside.keys())
            if batch.rows:
                cache_entries.outdate(stale_entries(batch.rows))
                session.repeat(people_with_stale_sessions(batch.rows))
                acknowledged = publish_in_order(batch, aside)
                published += acknowledged
                time.sleep(0 if acknowledged else TROUBLE_PAUSE_S)
            else:
                time.sleep(IDLE_PAUSE_S)
        except Deposed:
            time.sleep(IDLE_PAUSE_S)  # stands by until the lease is free
        except (Unavailable, Busy) as trouble:
            logger.warning("the relay waits", extra={"trouble": trouble.code})
            time.sleep(TROUBLE_PAUSE_S)
    age_s = _oldest_age_s(holder)
    _release(holder)
    if age_s is not None:
        metrics.add_metric(OUTBOX_OLDEST_AGE, MetricUnit.Seconds, age_s)
    metrics.add_metric(EVENTS_PUBLISHED, MetricUnit.Count, published)
    metrics.add_metric(EVENTS_SET_ASIDE, MetricUnit.Count, aside.events)
    metrics.flush_metrics()
    return published


def publish_in_order(batch: Batch, aside: SetAside) -> int:
    """Publishes and marks; returns how many. A key stops at its first event that does not leave, the others go on.

    Raises Deposed.
    """
    count = 0
    for wave in _waves(_rendered(batch.rows, aside)):
        going = [(row, message) for row, message in wave if not aside.holds(row)]
        marked: list[Row[Any]] = []
        for (row, message), done in zip(going, publish([message for _, message in going]), strict=True):
            if done:
                marked.append(row)
            elif not aside.holds(row):
                # where Kafka is in trouble, those that are not large wait, too, and they count
                aside.add(row, "not acknowledged", own_fault=message.size > TOGETHER_BYTES)
        store.mark(batch.fence, marked)
        count += len(marked)
    store.note_stuck(aside.take_untold())
    return count


def _waves(rendered: Iterable[Rendered]) -> Iterator[list[Rendered]]:
    """As many events as Kafka takes together: of each key all or none arrive, so none passes an elder that did not."""
    wave: list[Rendered] = []
    size = 0
    for row, message in rendered:
        if wave and size + message.size > TOGETHER_BYTES:
            yield wave
            wave, size = [], 0
        wave.append((row, message))
        size += message.size
    if wave:
        yield wave


def _rendered(rows: Iterable[Row[Any]], aside: SetAside) -> Iterator[Rendered]:
    """Each row with its message; a row that has none is set aside, and its key with it."""
    for row in rows:
        if aside.holds(row):
            continue
        try:
            message = _message(row)
        except (KeyError, TypeError, ValueError) as trouble:  # an unknown type, or fields that are not its
            aside.add(row, f"not rendered: {type(trouble).__name__}", own_fault=True)
        else:
            yield row, message


def _message(row: Row[Any]) -> Message:
    body = envelope(
        event_id=row.event_id,
        event_type=row.type,
        version=row.version,
        time=clock.timestamp(row.created_at),
        subject=row.subject,
        request_id=row.request_id,
        network=row.network,
        data=event_types()[row.type](**row.data).data(),
    )
    headers = (("type", row.type.encode()), ("request_id", row.request_id.encode()))
    return Message(row.topic, row.partition_key, json.dumps(body, separators=(",", ":")).encode(), headers)


def _oldest_age_s(holder: str) -> float | None:
    """How long the oldest unpublished event has waited; None if another relay works or the database is down."""
    try:
        return store.oldest_age_s(holder)
    except (Unavailable, Busy):
        logger.warning("the age of the oldest event is unknown")
        return None


def _release(holder: str) -> None:
    """Lets the next relay begin at once. Not vital: the lease runs out by itself."""
    try:
        store.release(holder)
    except (Unavailable, Busy):
        logger.warning("the lease was not released")
