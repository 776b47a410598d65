"""The Lambda decorator of a Kafka consumer: decodes AWS's batches, retries a bad record, sets it aside, goes on.

A record's own fault counts towards three tries and the dead letter. A dependency that is down raises: the batch is
delivered again, the partition waits, and nothing is lost or counted.
"""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from paycore.errors import Busy, Unavailable
from paycore.events.envelope import EventData
from paycore.events.registry import event_types
from paycore.kafka import Message, publish
from paycore.observability import logger

TRIES_MAX = 3

KafkaHandler = Callable[[dict[str, Any], Any], None]


class BadRecord(ValueError):
    """The record is no event of ours."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it came: `data` is of the class of its type."""

    id: str
    type: str
    time: str
    subject: str
    data: EventData
    request_id: str


def kafka_handler(consume: Callable[[Event], None], dead_letters: str) -> KafkaHandler:
    """A handler for MSK batches that gives every event to `consume`, in the order of its partition.

    `consume` must be idempotent by the event's id: delivery is at least once.
    """

    def handler(batch: dict[str, Any], context: Any) -> None:  # noqa: ARG001  # the shape Lambda calls
        for records in batch["records"].values():
            for record in records:
                _consume(record, consume, dead_letters)

    return handler


def read_event(value: bytes) -> Event:
    """The event in a message; raises BadRecord."""
    try:
        raw = json.loads(value)
        kind = event_types()[raw["type"]]
        return Event(raw["id"], raw["type"], raw["time"], raw["subject"], kind(**raw["data"]), raw["trace"])
    except (ValueError, KeyError, TypeError) as trouble:
        raise BadRecord(type(trouble).__name__) from trouble


def _consume(record: dict[str, Any], consume: Callable[[Event], None], dead_letters: str) -> None:
    cause = ""
    for _ in range(TRIES_MAX):
        try:
            consume(read_event(base64.b64decode(record.get("value") or "")))
        except (Unavailable, Busy):
            raise
        except Exception as trouble:  # noqa: BLE001  # whatever it is, three times makes it the record's own fault
            cause = type(trouble).__name__
            logger.exception("a record failed", extra=_place(record))
        else:
            return
    _set_aside(record, cause, dead_letters)


def _set_aside(record: dict[str, Any], cause: str, dead_letters: str) -> None:
    """Keeps the record where an operator finds it; raises Unavailable when that is impossible, too."""
    letter = {**_place(record), "cause": cause, "tries": TRIES_MAX, "value": record.get("value")}
    key = base64.b64decode(record.get("key") or "").decode("utf-8", "replace")
    if publish([Message(dead_letters, key, json.dumps(letter).encode())]) != [True]:
        raise Unavailable


def _place(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record.get(name) for name in ("topic", "partition", "offset")}
