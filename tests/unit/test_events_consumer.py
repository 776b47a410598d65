"""The Kafka decorator: a bad record is set aside after three tries, a missing dependency is never a bad record."""

import base64
import json
from typing import Any

import pytest

from paycore import consumer
from paycore.consumer import kafka_handler
from paycore.errors import Unavailable
from paycore.events.event import BadRecord, Event, read_event
from paycore.events.wallet import WalletCreated
from paycore.kafka import Message

GOOD: dict[str, Any] = {
    "id": "evt_1", "type": "wallet.created", "version": 1, "time": "2026-01-01T00:00:00.000000Z", "subject": "wal_1",
    "data": {"wallet_id": "wal_1", "owner_id": "usr_1", "currency": "EUR"}, "trace": "req-1",
}  # fmt: skip


def _record(value: object, offset: int = 0) -> dict[str, Any]:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return {
        "topic": "wallet-events",
        "partition": 0,
        "offset": offset,
        "value": base64.b64encode(body).decode(),
        "key": "",
    }


def _batch(*records: dict[str, Any]) -> dict[str, Any]:
    return {"eventSource": "aws:kafka", "records": {"wallet-events-0": list(records)}}


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What would have gone to the dead-letter topic."""
    sent: list[Message] = []

    def publish(messages: list[Message]) -> list[bool]:
        sent.extend(messages)
        return [True] * len(messages)

    monkeypatch.setattr(consumer, "publish", publish)
    return sent


class TestReadEvent:
    def test_reads_an_event(self) -> None:
        event = read_event(json.dumps(GOOD).encode())
        assert event.data == WalletCreated("wal_1", "usr_1", "EUR")

    @pytest.mark.parametrize(
        "value",
        [
            b"", b"{", b"[]", b"null", b"\xff", {**GOOD, "type": "wallet.eaten"}, {**GOOD, "data": {}}, {**GOOD, "data": None},
            {**GOOD, "data": {**GOOD["data"], "more": 1}}, {name: GOOD[name] for name in GOOD if name != "id"},
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_event(self, value: object) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        with pytest.raises(BadRecord):
            read_event(body)


class TestKafkaHandler:
    def test_sets_a_bad_record_aside_and_goes_on_in_order(self, letters: list[Message]) -> None:
        seen: list[str] = []
        handler = kafka_handler(lambda event: seen.append(event.id), "audit-dead-letters")
        handler(_batch(_record({**GOOD, "id": "a"}), _record(b"junk", 7), _record({**GOOD, "id": "b"})), None)
        assert seen == ["a", "b"]
        (letter,) = letters
        body = json.loads(letter.value)
        assert (letter.topic, body["offset"], body["cause"], body["tries"]) == ("audit-dead-letters", 7, "BadRecord", 3)

    def test_sets_aside_a_record_that_no_letter_can_hold(self, letters: list[Message]) -> None:
        kafka_handler(lambda _: None, "audit-dead-letters")(_batch(_record(b"x" * 1_000_000, 7)), None)
        (letter,) = letters
        body = json.loads(letter.value)
        assert len(letter.value) < 1_000_000
        assert (body["topic"], body["offset"], body["value_left_out"]) == ("wallet-events", 7, True)

    def test_tries_a_failing_record_three_times(self, letters: list[Message]) -> None:
        tries: list[str] = []

        def consume(event: Event) -> None:
            tries.append(event.id)
            raise KeyError("a bug")

        kafka_handler(consume, "audit-dead-letters")(_batch(_record(GOOD)), None)
        assert len(tries) == 3
        assert len(letters) == 1

    def test_a_dependency_that_is_down_is_no_bad_record(self, letters: list[Message]) -> None:
        def consume(_: Event) -> None:
            raise Unavailable

        with pytest.raises(Unavailable):
            kafka_handler(consume, "audit-dead-letters")(_batch(_record(GOOD)), None)
        assert letters == []
