"""The relay's order: an event of a key leaves only after its elder was acknowledged."""

from collections import namedtuple
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.outbox import relay, store
from functions.outbox.aside import SetAside
from functions.outbox.store import Batch
from paycore.kafka import Message

Row = namedtuple("Row", "id event_id topic partition_key type version subject request_id data created_at")
DATA = {"wallet_id": "wal_1", "owner_id": "usr_1", "currency": "EUR"}


def _row(number: int, key: str, kind: str = "wallet.created") -> Any:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    return Row(number, f"evt_{number}", "wallet-events", key, kind, 1, key, "r", DATA, instant)


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
    monkeypatch.setattr(store, "mark", lambda _, event_ids: made.marked.extend(event_ids))
    return made


class TestPublishInOrder:
    def test_sends_one_event_of_each_key_at_a_time(self, broker: Broker) -> None:
        rows = [_row(1, "a"), _row(2, "a"), _row(3, "b"), _row(4, "a")]
        assert relay.publish_in_order(Batch(1, rows), SetAside()) == 4
        assert broker.waves == [["evt_1", "evt_3"], ["evt_2"], ["evt_4"]]
        assert broker.marked == ["evt_1", "evt_3", "evt_2", "evt_4"]

    @pytest.mark.parametrize("broker", [{"evt_1"}], indirect=True)
    def test_never_sends_a_later_event_past_an_unacknowledged_one(self, broker: Broker) -> None:
        rows = [_row(1, "a"), _row(2, "a"), _row(3, "b"), _row(4, "b")]
        assert relay.publish_in_order(Batch(1, rows), SetAside()) == 2
        assert broker.waves == [["evt_1", "evt_3"], ["evt_4"]]
        assert broker.marked == ["evt_3", "evt_4"]

    def test_never_sends_a_later_event_past_one_of_unknown_type(self, broker: Broker) -> None:
        rows = [_row(1, "a", "wallet.eaten"), _row(2, "a"), _row(3, "b"), _row(4, "b")]
        aside = SetAside()
        assert relay.publish_in_order(Batch(1, rows), aside) == 2
        assert broker.waves == [["evt_3"], ["evt_4"]]
        assert (aside.keys(), aside.events) == ([("wallet-events", "a")], 1)
