"""The relay's order: an event of a key leaves together with its elder, or after that was acknowledged."""

import json
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_lambda_powertools import Metrics

from functions.outbox import relay, store
from functions.outbox.aside import SetAside
from functions.outbox.store import Batch
from paycore.errors import Unavailable
from paycore.kafka import Message
from paycore.metric_names import EVENTS_PUBLISHED, OUTBOX_OLDEST_AGE

Row = namedtuple("Row", "id event_id topic partition_key type version subject request_id network data created_at")
DATA = {"wallet_id": "wal_1", "owner_id": "usr_1", "currency": "EUR"}


def _row(number: int, key: str, kind: str = "wallet.created") -> Any:
    instant = datetime(2026, 1, 1, tzinfo=UTC)
    return Row(number, f"evt_{number}", "wallet-events", key, kind, 1, key, "r", None, DATA, instant)


class Broker:
    """Records what is sent in which wave; refuses the events it is told to."""

    def __init__(self, refused: set[str]) -> None:
        self.waves: list[list[str]] = []
        self.marked: list[str] = []
        self.stuck: list[tuple[str, str]] = []
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
    monkeypatch.setattr(store, "mark", lambda _, rows: made.marked.extend(row.event_id for row in rows))
    monkeypatch.setattr(store, "note_stuck", made.stuck.extend)
    return made


class TestPublishInOrder:
    def test_sends_together_what_kafka_takes_together(self, broker: Broker) -> None:
        rows = [_row(1, "a"), _row(2, "a"), _row(3, "b"), _row(4, "a")]
        assert relay.publish_in_order(Batch(1, rows), SetAside()) == 4
        assert broker.waves == [["evt_1", "evt_2", "evt_3", "evt_4"]]
        assert broker.marked == ["evt_1", "evt_2", "evt_3", "evt_4"]

    @pytest.mark.parametrize(("fitting", "waves"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (4, [4, 1]), (5, [5])])
    def test_sends_no_more_than_kafka_takes_together(
        self, broker: Broker, monkeypatch: pytest.MonkeyPatch, fitting: int, waves: list[int]
    ) -> None:
        rows = [_row(number, "a") for number in range(1, 6)]
        monkeypatch.setattr(relay, "TOGETHER_BYTES", fitting * relay._message(rows[0]).size)
        assert relay.publish_in_order(Batch(1, rows), SetAside()) == 5
        assert [len(wave) for wave in broker.waves] == waves
        assert broker.marked == [row.event_id for row in rows]

    def test_sends_a_message_alone_that_is_larger_than_that(
        self, broker: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(relay, "TOGETHER_BYTES", 1)
        assert relay.publish_in_order(Batch(1, [_row(1, "a"), _row(2, "b")]), SetAside()) == 2
        assert broker.waves == [["evt_1"], ["evt_2"]]

    @pytest.mark.parametrize("broker", [{"evt_1", "evt_2"}], indirect=True)
    def test_never_sends_a_later_event_past_an_unacknowledged_one(
        self, broker: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rows = [_row(1, "a"), _row(2, "a"), _row(3, "b"), _row(4, "a"), _row(5, "b"), _row(6, "a")]
        monkeypatch.setattr(relay, "TOGETHER_BYTES", 3 * relay._message(rows[0]).size)
        aside = SetAside()
        assert relay.publish_in_order(Batch(1, rows), aside) == 2
        assert broker.waves == [["evt_1", "evt_2", "evt_3"], ["evt_5"]]
        assert broker.marked == ["evt_3", "evt_5"]
        assert (aside.keys(), aside.events) == ([("wallet-events", "a")], 1)
        assert broker.stuck == [], "it may be Kafka's fault, and then what waits is a backlog"

    @pytest.mark.parametrize("broker", [{"evt_1"}], indirect=True)
    def test_notes_a_key_whose_event_went_alone_and_was_refused(
        self, broker: Broker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(relay, "TOGETHER_BYTES", 1)
        aside = SetAside()
        for _ in range(2):
            assert relay.publish_in_order(Batch(1, [_row(1, "a"), _row(2, "b")]), aside) == 1
        assert broker.stuck == [("wallet-events", "a")], "once for each time that it is tried"

    def test_never_sends_a_later_event_past_one_of_unknown_type(self, broker: Broker) -> None:
        rows = [_row(1, "a", "wallet.eaten"), _row(2, "a"), _row(3, "b"), _row(4, "b")]
        aside = SetAside()
        assert relay.publish_in_order(Batch(1, rows), aside) == 2
        assert broker.waves == [["evt_3", "evt_4"]]
        assert (aside.keys(), aside.events) == ([("wallet-events", "a")], 1)
        assert broker.stuck == [("wallet-events", "a")]


class TestMetrics:
    @staticmethod
    def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], age: Callable[[str], Any]) -> Any:
        """What a relay tells that has just ended its run."""
        monkeypatch.setattr(relay, "metrics", Metrics(namespace="test", service="outbox"))
        monkeypatch.setattr(relay, "RUN_S", 0.0)
        monkeypatch.setattr(store, "oldest_age_s", age)
        monkeypatch.setattr(store, "release", lambda _: None)
        relay.relay("one")
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    def test_tell_how_long_the_oldest_event_has_waited(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told = self.told(monkeypatch, capsys, lambda _: 42.5)
        assert told[OUTBOX_OLDEST_AGE] == [42.5]

    @pytest.mark.parametrize("trouble", [None, Unavailable()])
    def test_tell_no_age_that_the_relay_does_not_know(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], trouble: Exception | None
    ) -> None:
        """It stood by all the time, or the database is down: a zero would silence the alarm."""

        def age(_: str) -> None:
            if trouble:
                raise trouble

        told = self.told(monkeypatch, capsys, age)
        assert OUTBOX_OLDEST_AGE not in told
        assert told[EVENTS_PUBLISHED] == [0.0]
