"""The relay on real servers: one at a time, in order, nothing skipped, nothing marked that Kafka has not taken."""

import json
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from kafka.admin import KafkaAdminClient, NewTopic

from functions.outbox import aside as aside_module
from functions.outbox import store
from functions.outbox.aside import SetAside
from functions.outbox.relay import publish_in_order
from functions.outbox.store import Deposed
from local.configuration import HOST, Configuration
from tests.integration.outbox_desk import DATA, OutboxDesk, as_function, own_database

RECORD_BYTES_MAX = 1_000  # of the tests' topic: one message above it is refused by the broker
LARGE = json.dumps({**DATA, "wallet_id": "x" * 2 * RECORD_BYTES_MAX})
HUGE = json.dumps({**DATA, "wallet_id": "x" * 1_100_000})  # the client refuses it, too
SMALL = json.dumps(DATA)


class Later:
    """A clock after every wait of a key."""

    @staticmethod
    def monotonic() -> float:
        return time.monotonic() + aside_module.SET_ASIDE_S


@pytest.fixture(scope="module")
def outbox_database(platform: Configuration) -> Iterator[Configuration]:
    """The running system, and beside its own database one for the tests of the relay."""
    with own_database(platform):
        yield platform


@pytest.fixture
def desk(outbox_database: Configuration, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutboxDesk]:
    """An empty outbox and an empty topic of one partition; this process is the relay's function."""
    platform = outbox_database
    made = OutboxDesk(platform, f"relay-{uuid.uuid4().hex}")
    made.sql("DELETE FROM outbox.event")
    made.sql("DELETE FROM outbox.lease")
    topic = NewTopic(made.topic, 1, 1, topic_configs={"max.message.bytes": str(RECORD_BYTES_MAX)})
    with KafkaAdminClient(bootstrap_servers=f"{HOST}:{platform.ports.kafka}") as admin:
        admin.create_topics([topic])
        with as_function(platform, monkeypatch, "app_job"):
            yield made
        admin.delete_topics([made.topic])


def publish_batch(holder: str, aside: SetAside | None = None) -> int:
    """One turn of the relay's loop."""
    aside = aside or SetAside()
    return publish_in_order(store.claim(holder, aside.keys()), aside)


class TestLease:
    def test_one_works_at_a_time(self, desk: OutboxDesk) -> None:
        desk.stage(1, "a")
        assert len(store.claim("first").rows) == 1
        with pytest.raises(Deposed):
            store.claim("second")
        assert len(store.claim("first").rows) == 1
        assert desk.lease() == ("first", 1)

    def test_given_back_it_is_free_at_once(self, desk: OutboxDesk) -> None:
        desk.stage(1, "a")
        store.claim("first")
        store.release("first")
        assert len(store.claim("second").rows) == 1
        assert desk.lease() == ("second", 2)

    def test_nobody_gives_back_what_is_another_s(self, desk: OutboxDesk) -> None:
        store.claim("first")
        desk.end_lease()
        store.claim("second")
        store.release("first")
        with pytest.raises(Deposed):
            store.claim("third")
        assert desk.lease() == ("second", 2)

    def test_is_renewed_by_each_mark(self, desk: OutboxDesk) -> None:
        batch = store.claim("first")
        desk.end_lease()
        store.mark(batch.fence, [])
        with pytest.raises(Deposed):
            store.claim("second")

    def test_of_another_holder_lets_nothing_be_marked(self, desk: OutboxDesk) -> None:
        event = desk.stage(1, "a")
        batch = store.claim("first")
        desk.end_lease()
        store.claim("second")
        with pytest.raises(Deposed):
            store.mark(batch.fence, [event])
        assert desk.unmarked() == [event]


class TestOldestAge:
    def test_is_of_the_event_that_was_staged_first_whatever_its_position(self, desk: OutboxDesk) -> None:
        store.claim("one")
        desk.stage(1, "a")
        desk.stage(2, "b", created_at=datetime.now(UTC) - timedelta(minutes=5))
        age = store.oldest_age_s("one")
        assert age is not None
        assert 300 <= age < 360

    def test_is_known_while_kafka_refuses(self, desk: OutboxDesk) -> None:
        desk.stage(1, "a", data=LARGE, created_at=datetime.now(UTC) - timedelta(hours=1))
        assert publish_batch("one") == 0
        assert (store.oldest_age_s("one") or 0) >= 3600

    def test_is_zero_when_everything_is_published(self, desk: OutboxDesk) -> None:
        desk.stage(1, "a")
        publish_batch("one")
        assert store.oldest_age_s("one") == 0

    def test_is_told_by_the_holder_of_the_lease_alone(self, desk: OutboxDesk) -> None:
        assert store.oldest_age_s("one") is None
        desk.stage(1, "a")
        store.claim("one")
        assert store.oldest_age_s("two") is None
        assert store.oldest_age_s("one") is not None


class TestRelay:
    def test_keeps_the_order_of_every_key(self, desk: OutboxDesk) -> None:
        staged: dict[str, list[str]] = {"a": [], "b": [], "c": []}
        for position in range(60):
            key = "abc"[position * position % 3]
            staged[key].append(desk.stage(position, key))
        assert publish_batch("one") == 60
        published = desk.published()
        assert len(published) == 60
        for key, events in staged.items():
            assert [event for its, event in published if its == key] == events
        assert desk.unmarked() == []

    def test_publishes_what_commits_late(self, desk: OutboxDesk) -> None:
        with desk.session() as late:
            late.run("BEGIN")
            first = desk.stage(1, "a", late)
            second = desk.stage(2, "b")
            assert publish_batch("one") == 1
            late.run("COMMIT")
        assert publish_batch("one") == 1
        assert desk.published() == [("b", second), ("a", first)]

    def test_neither_marks_nor_overtakes_what_kafka_refuses(self, desk: OutboxDesk) -> None:
        refused, waiting, other = desk.stage(1, "a", data=LARGE), desk.stage(2, "a"), desk.stage(3, "b")
        assert publish_batch("one") == 1
        assert desk.published() == [("b", other)]
        assert desk.unmarked() == [refused, waiting]
        desk.sql("UPDATE outbox.event SET data = CAST(:small AS jsonb) WHERE id = 1", small=SMALL)
        assert publish_batch("one") == 2
        assert desk.published() == [("b", other), ("a", refused), ("a", waiting)]

    @pytest.mark.parametrize(
        "stuck",
        [{"data": LARGE}, {"data": HUGE}, {"data": json.dumps({"wrong": "fields"})}, {"type": "wallet.eaten"}],
        ids=["refused by the broker", "refused by the client", "wrong fields", "unknown type"],
    )
    def test_leaves_out_a_key_that_is_stuck_until_it_is_repaired(
        self, desk: OutboxDesk, monkeypatch: pytest.MonkeyPatch, stuck: dict[str, str]
    ) -> None:
        """The stuck key alone fills a batch: nothing else would ever be claimed beside it."""
        monkeypatch.setattr(store, "BATCH_MAX", 2)
        first, second, other = desk.stage(1, "a", **stuck), desk.stage(2, "a"), desk.stage(3, "b")
        aside = SetAside()
        assert publish_batch("one", aside) == 0
        assert publish_batch("one", aside) == 1
        assert desk.published() == [("b", other)]
        assert aside.events == 1
        desk.sql("UPDATE outbox.event SET type = 'wallet.created', data = CAST(:d AS jsonb) WHERE id = 1", d=SMALL)
        assert publish_batch("one", aside) == 0, "not yet tried again"
        monkeypatch.setattr(aside_module, "time", Later)
        assert publish_batch("one", aside) == 2
        assert desk.published() == [("b", other), ("a", first), ("a", second)]

    def test_begins_with_what_the_last_one_sent_and_did_not_mark(
        self, desk: OutboxDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = desk.stage(1, "a"), desk.stage(2, "a")

        class Killed(BaseException):
            """The function is gone between the acknowledgement and the mark."""

        def die(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as dying:
            dying.setattr(store, "mark", die)
            with pytest.raises(Killed):
                publish_batch("first")
        desk.end_lease()
        assert publish_batch("second") == 2
        assert desk.published() == [("a", first), ("a", first), ("a", second)]

    def test_deposed_meanwhile_stops_after_one_event_of_each_key(self, desk: OutboxDesk) -> None:
        """It goes on with what it had claimed, after its successor has sent all of it and more."""
        events = [desk.stage(1, "a"), desk.stage(2, "a")]
        claimed = store.claim("first")
        desk.end_lease()
        events.append(desk.stage(3, "a"))
        assert publish_batch("second") == 3
        marked = desk.sql("SELECT event_id, published_at FROM outbox.event ORDER BY id")
        with pytest.raises(Deposed):
            publish_in_order(claimed, SetAside())
        with pytest.raises(Deposed):
            publish_batch("first")
        assert [event for _, event in desk.published()] == [*events, events[0]]
        assert desk.sql("SELECT event_id, published_at FROM outbox.event ORDER BY id") == marked
