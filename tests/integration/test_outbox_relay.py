"""The relay on real servers: one at a time, in order, nothing skipped, nothing marked that Kafka has not taken."""

import json
import time

import pytest

from functions.outbox import aside as aside_module
from functions.outbox import relay, store
from functions.outbox.aside import SetAside
from functions.outbox.relay import publish_in_order
from functions.outbox.store import Deposed
from paycore import kafka
from tests.integration.outbox_desk import DATA, FIRST_POSITION, LARGE, OutboxDesk, publish_batch

HUGE = json.dumps({**DATA, "wallet_id": "x" * 1_100_000})  # the client refuses it, too
SMALL = json.dumps(DATA)


class Later:
    """A clock after every wait of a key."""

    @staticmethod
    def monotonic() -> float:
        return time.monotonic() + aside_module.SET_ASIDE_S


class TestRelay:
    def test_keeps_the_order_of_every_key(self, outbox_desk: OutboxDesk) -> None:
        staged: dict[str, list[str]] = {"a": [], "b": [], "c": []}
        for position in range(60):
            key = "abc"[position * position % 3]
            staged[key].append(outbox_desk.stage(position, key))
        assert publish_batch("one") == 60
        published = outbox_desk.published()
        assert len(published) == 60
        for key, events in staged.items():
            assert [event for its, event in published if its == key] == events
        assert outbox_desk.unmarked() == []

    def test_sends_the_events_of_one_key_in_one_record_batch(self, outbox_desk: OutboxDesk) -> None:
        """Kafka writes it as a whole or not at all; more than one would let a later event pass a refused one."""
        staged = outbox_desk.stage_many(store.BATCH_MAX, "a")
        assert publish_batch("one") == len(staged)
        assert [event for _, event in outbox_desk.published()] == staged
        told = kafka._producers.get().metrics()["producer-metrics"]
        assert told["records-per-request-avg"] == len(staged)

    def test_publishes_what_commits_late(self, outbox_desk: OutboxDesk) -> None:
        with outbox_desk.session() as late:
            late.run("BEGIN")
            first = outbox_desk.stage(1, "a", late)
            second = outbox_desk.stage(2, "b")
            assert publish_batch("one") == 1
            late.run("COMMIT")
        assert publish_batch("one") == 1
        assert outbox_desk.published() == [("b", second), ("a", first)]

    def test_neither_marks_nor_overtakes_what_kafka_refuses(self, outbox_desk: OutboxDesk) -> None:
        refused, waiting, other = (
            outbox_desk.stage(1, "a", data=LARGE),
            outbox_desk.stage(2, "a"),
            outbox_desk.stage(3, "b"),
        )
        assert publish_batch("one") == 1
        assert outbox_desk.published() == [("b", other)]
        assert outbox_desk.unmarked() == [refused, waiting]
        outbox_desk.sql(
            "UPDATE outbox.event SET data = CAST(:small AS jsonb) WHERE id = :id", small=SMALL, id=FIRST_POSITION + 1
        )
        assert publish_batch("one") == 2
        assert outbox_desk.published() == [("b", other), ("a", refused), ("a", waiting)]

    @pytest.mark.parametrize(
        "stuck",
        [{"data": LARGE}, {"data": HUGE}, {"data": json.dumps({"wrong": "fields"})}, {"type": "wallet.eaten"}],
        ids=["refused by the broker", "refused by the client", "wrong fields", "unknown type"],
    )
    def test_leaves_out_a_key_that_is_stuck_until_it_is_repaired(
        self, outbox_desk: OutboxDesk, monkeypatch: pytest.MonkeyPatch, stuck: dict[str, str]
    ) -> None:
        """The stuck key alone fills a batch: nothing else would ever be claimed beside it."""
        monkeypatch.setattr(store, "BATCH_MAX", 2)
        first, second, other = outbox_desk.stage(1, "a", **stuck), outbox_desk.stage(2, "a"), outbox_desk.stage(3, "b")
        aside = SetAside()
        assert publish_batch("one", aside) == 0
        assert publish_batch("one", aside) == 1
        assert outbox_desk.published() == [("b", other)]
        assert aside.events == 1
        outbox_desk.sql(
            "UPDATE outbox.event SET type = 'wallet.created', data = CAST(:d AS jsonb) WHERE id = :id",
            d=SMALL,
            id=FIRST_POSITION + 1,
        )
        assert publish_batch("one", aside) == 0, "not yet tried again"
        assert outbox_desk.sql("SELECT topic, partition_key FROM outbox.stuck_key") == [[outbox_desk.topic, "a"]]
        monkeypatch.setattr(aside_module, "time", Later)
        assert publish_batch("one", aside) == 2
        assert outbox_desk.published() == [("b", other), ("a", first), ("a", second)]

    def test_begins_with_what_the_last_one_sent_and_did_not_mark(
        self, outbox_desk: OutboxDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent = [outbox_desk.stage(1, "a"), outbox_desk.stage(2, "a")]

        class Killed(BaseException):
            """The function is gone between the acknowledgement and the mark."""

        def die(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as dying:
            dying.setattr(store, "mark", die)
            with pytest.raises(Killed):
                publish_batch("first")
        outbox_desk.end_lease()
        assert publish_batch("second") == 2
        assert [event for _, event in outbox_desk.published()] == sent + sent

    def test_deposed_meanwhile_stops_after_one_wave(
        self, outbox_desk: OutboxDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It goes on with what it had claimed, after its successor has sent all of it and more."""
        events = [outbox_desk.stage(position, "a") for position in range(1, 4)]
        claimed = store.claim("first")
        monkeypatch.setattr(relay, "TOGETHER_BYTES", 2 * relay._message(claimed.rows[0]).size)
        outbox_desk.end_lease()
        events.append(outbox_desk.stage(4, "a"))
        assert publish_batch("second") == 4
        marked = outbox_desk.sql("SELECT event_id, published_at FROM outbox.event ORDER BY id")
        with pytest.raises(Deposed):
            publish_in_order(claimed, SetAside())
        with pytest.raises(Deposed):
            publish_batch("first")
        assert [event for _, event in outbox_desk.published()] == [*events, *events[:2]]
        assert outbox_desk.sql("SELECT event_id, published_at FROM outbox.event ORDER BY id") == marked
