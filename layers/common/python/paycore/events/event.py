"""An event as its consumers get it, read from the message that Kafka delivers."""

import json
from dataclasses import dataclass

from paycore.events.envelope import EventData
from paycore.events.registry import event_types


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
    network: str | None = None


def read_event(value: bytes) -> Event:
    """The event in a message; raises BadRecord."""
    try:
        raw = json.loads(value)
        kind = event_types()[raw["type"]]
        data = kind(**raw["data"])
        return Event(raw["id"], raw["type"], raw["time"], raw["subject"], data, raw["trace"], raw.get("network"))
    except (ValueError, KeyError, TypeError) as trouble:
        raise BadRecord(type(trouble).__name__) from trouble
