"""Kafka event source mappings: what the template declares, and the event that Lambda makes of a batch of records."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from kafka.structs import OffsetAndMetadata, TopicPartition

from local.configuration import STAGE
from local.template import ACCOUNT, REGION, Resource, Template

CLUSTER_ARN = f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/paycore-{STAGE}/local"
BATCH_SIZE_DEFAULT = 100  # Lambda
WINDOW_SECONDS_DEFAULT = 0.5  # Lambda, for Kafka
BATCH_BYTES_MAX = 4 * 1024 * 1024  # leaves room for base64 within Lambda's 6 MB
TIMESTAMP_TYPES = ("CREATE_TIME", "LOG_APPEND_TIME")

Record = Any  # kafka-python's ConsumerRecord, untyped


@dataclass(frozen=True)
class Mapping:
    """One event source mapping: which topic goes to which function, and how."""

    topic: str
    group: str
    function: str
    batch_size: int
    window_seconds: float
    starting_position: str


def mappings_of(template: Template) -> list[Mapping]:
    """The template's Kafka event sources."""
    return [_mapping(template, resource) for resource in template.of_kind("AWS::Lambda::EventSourceMapping")]


def _mapping(template: Template, resource: Resource) -> Mapping:
    properties = resource.properties
    (topic,) = properties["Topics"]
    return Mapping(
        topic=template.value(resource.stack, topic),
        group=properties["AmazonManagedKafkaEventSourceConfig"]["ConsumerGroupId"],
        function=template.value(resource.stack, properties["FunctionName"]),
        batch_size=properties.get("BatchSize", BATCH_SIZE_DEFAULT),
        window_seconds=properties.get("MaximumBatchingWindowInSeconds", WINDOW_SECONDS_DEFAULT),
        starting_position=properties["StartingPosition"],
    )


def event_record(record: Record) -> dict[str, Any]:
    """A Kafka record as Lambda shows it; an absent key or value is left out."""
    shown = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestampType": TIMESTAMP_TYPES[record.timestamp_type],
        "headers": [{name: list(value)} for name, value in record.headers],
    }
    for name, content in (("key", record.key), ("value", record.value)):
        if content is not None:
            shown[name] = base64.b64encode(content).decode()
    return shown


def kafka_event(records: Iterable[Record], bootstrap_servers: str) -> bytes:
    """The event of a batch, its records by partition and in their order."""
    by_partition: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        by_partition.setdefault(f"{record.topic}-{record.partition}", []).append(event_record(record))
    head = {
        "eventSource": "aws:kafka",
        "eventSourceArn": CLUSTER_ARN,
        "bootstrapServers": bootstrap_servers,
    }
    return json.dumps({**head, "records": by_partition}).encode()


def batches(records: list[Record]) -> Iterator[list[Record]]:
    """The records in portions that fit into one event; a single larger record goes alone."""
    batch: list[Record] = []
    size = 0
    for record in records:
        bytes_ = len(record.key or b"") + len(record.value or b"")
        if batch and size + bytes_ > BATCH_BYTES_MAX:
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += bytes_
    if batch:
        yield batch


def offsets_after(batch: list[Record]) -> dict[TopicPartition, OffsetAndMetadata]:
    """What to commit once the batch is done: the next offset of each partition in it."""
    return {
        TopicPartition(record.topic, record.partition): OffsetAndMetadata(record.offset + 1, "", -1) for record in batch
    }
