"""The relay's order: an event of a key leaves only after its elder was acknowledged."""

from collections import namedtuple
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.outbox import relay, store
from paycore.kafka import Message

Row = namedtuple("Row", "id event_id topic partition_key type version subject request_id data created_at")
DATA = {"wallet_id": "wal_1", "owner_id": "usr_1", "currency": "EUR"}


def _row(number: int, key: str) -> Any:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    return Row(number, f"evt_{number}", "wallet-events", key, "wallet.created", 1, key, "r", DATA, instant)


class Broker:
    """Records what is sent in which wave; refuses the events it is told to."""

    def __init__(self, refused: set[str]) -> None:
        self.waves: list[list[str]] = []
        self.marked: list[str] = []
        self._refused = refused

    def publish(self, messages: list[Message]) -> list[bool]:
        ids = [message.value.split(b'"')[3].decode() for message in messages]
        self.waves.append(ids)
        return [event_id not in self._refused for event_id in ids]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Broker:
    """A broker in the relay's hands; only the order of calls is under test here."""
    made = Broker(getattr(request, "param", set()))
    monkeypatch.setattr(relay, "publish", made.publish)
    monkeypatch.setattr(store, "mark", made.marked.extend)
    return made


class TestPublishInOrder:
    def test_sends_one_event_of_each_key_at_a_time(self, broker: Broker) -> None:
        rows = [_row(1, "a"), _row(2, "a"), _row(3, "b"), _row(4, "a")]
        assert relay.publish_in_order(rows) == 4
        assert broker.waves == [["evt_1", "evt_3"], ["evt_2"], ["evt_4"]]
        assert broker.marked == ["evt_1", "evt_3", "evt_2", "evt_4"]

    @pytest.mark.parametrize("broker", [{"evt_1"}], indirect=True)
    def test_never_sends_a_later_event_past_an_unacknowledged_one(self, broker: Broker) -> None:
        rows = [_row(1, "a"), _row(2, "a"), _row(3, "b")]
        assert relay.publish_in_order(rows) == 1
        assert broker.waves == [["evt_1", "evt_3"]]
        assert broker.marked == ["evt_3"]
