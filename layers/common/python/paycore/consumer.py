"""The Lambda decorator of a Kafka consumer: decodes AWS's batches, retries a bad record, sets it aside, goes on.

A record's own fault counts towards three tries and the dead letter. A dependency that is down raises: the batch is
delivered again, the partition waits, and nothing is lost or counted.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from paycore.errors import Busy, Unavailable
from paycore.events.event import Event, read_event
from paycore.kafka import Message, publish
from paycore.observability import logger

TRIES_MAX = 3
# Base64 adds a third to a record, and the log takes 1 MiB: a larger record stays where its place says.
_LETTER_VALUE_MAX = 900_000

KafkaHandler = Callable[[dict[str, Any], Any], None]


def kafka_handler(consume: Callable[[Event], None], dead_letters: str) -> KafkaHandler:
    """A handler for MSK batches that gives every event to `consume`, in the order of its partition.

    `consume` must be idempotent by the event's id: delivery is at least once.
    """

    def handler(batch: dict[str, Any], context: Any) -> None:  # noqa: ARG001  # the shape Lambda calls
        for records in batch["records"].values():
            for record in records:
                _consume(record, consume, dead_letters)

    return handler


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
    value = record.get("value")
    kept = value if value is None or len(value) <= _LETTER_VALUE_MAX else None
    letter = {**_place(record), "cause": cause, "tries": TRIES_MAX, "value": kept, "value_left_out": kept != value}
    key = base64.b64decode(record.get("key") or "").decode("utf-8", "replace")
    if publish([Message(dead_letters, key, json.dumps(letter).encode())]) != [True]:
        raise Unavailable


def _place(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record.get(name) for name in ("topic", "partition", "offset")}
