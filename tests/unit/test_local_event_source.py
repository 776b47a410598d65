"""Kafka batches as Lambda shows them, and what is committed for them."""

import base64
import json
from types import SimpleNamespace
from typing import Any

from kafka.structs import TopicPartition

from local.event_source import BATCH_BYTES_MAX, Mapping, batches, kafka_event, mappings_of, offsets_after
from tests.local_system import function, small_template


def record(offset: int, partition: int = 0, value: bytes | None = b"v", key: bytes | None = b"k") -> Any:
    return SimpleNamespace(
        topic="user-events",
        partition=partition,
        offset=offset,
        timestamp=1700000000000,
        timestamp_type=0,
        key=key,
        value=value,
        headers=[("trace", b"ab")],
    )


class TestKafkaEvent:
    def test_has_aws_s_shape(self) -> None:
        event = json.loads(kafka_event([record(7)], "127.0.0.1:1"))
        assert (event["eventSource"], event["bootstrapServers"]) == ("aws:kafka", "127.0.0.1:1")
        assert event["records"] == {
            "user-events-0": [
                {
                    "topic": "user-events",
                    "partition": 0,
                    "offset": 7,
                    "timestamp": 1700000000000,
                    "timestampType": "CREATE_TIME",
                    "key": base64.b64encode(b"k").decode(),
                    "value": base64.b64encode(b"v").decode(),
                    "headers": [{"trace": [97, 98]}],
                }
            ]
        }

    def test_keeps_the_order_of_each_partition(self) -> None:
        event = json.loads(kafka_event([record(1), record(5, 1), record(2), record(6, 1)], ""))
        offsets = {name: [one["offset"] for one in found] for name, found in event["records"].items()}
        assert offsets == {"user-events-0": [1, 2], "user-events-1": [5, 6]}

    def test_leaves_out_what_is_absent(self) -> None:
        (found,) = json.loads(kafka_event([record(1, value=None, key=None)], ""))["records"]["user-events-0"]
        assert not {"key", "value"} & found.keys()


class TestBatches:
    def test_one_event_holds_at_most_what_lambda_takes(self) -> None:
        half = b"x" * (BATCH_BYTES_MAX // 2)
        sizes = [len(batch) for batch in batches([record(n, value=half) for n in range(5)])]
        assert sum(sizes) == 5
        assert max(sizes) <= 2

    def test_a_record_that_is_too_large_goes_alone(self) -> None:
        huge = record(1, value=b"x" * (BATCH_BYTES_MAX + 1))
        assert [len(batch) for batch in batches([record(0), huge, record(2)])] == [1, 1, 1]

    def test_nothing_is_no_batch(self) -> None:
        assert list(batches([])) == []


class TestOffsetsAfter:
    def test_is_the_next_offset_of_each_partition(self) -> None:
        offsets = offsets_after([record(1), record(5, 1), record(2)])
        found = {partition: entry.offset for partition, entry in offsets.items()}
        assert found == {TopicPartition("user-events", 0): 3, TopicPartition("user-events", 1): 6}


class TestMappingsOf:
    def test_reads_the_template(self) -> None:
        properties = {
            "Topics": ["user-events"],
            "FunctionName": {"Ref": "audit"},
            "AmazonManagedKafkaEventSourceConfig": {"ConsumerGroupId": "paycore-audit-user-events"},
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 10,
        }
        source = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}
        template = small_template({"audit": function("small-audit", "audit.events_handler.handler"), "S": source})
        group = "paycore-audit-user-events"
        assert mappings_of(template) == [Mapping("user-events", group, "small-audit", 10, 0.5, "TRIM_HORIZON")]
