"""The relay's lease on a real database: one holder at a time, a fence, and the age that only the holder tells."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from functions.outbox import store
from functions.outbox.store import Deposed
from paycore.database import transaction
from tests.integration.outbox_desk import FIRST_POSITION, LARGE, OutboxDesk, publish_batch

BACKLOG = (
    "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data) "
    "SELECT CAST(:first AS bigint) + n, 'evt_' || n, 'wallet-events', 'a', 'wallet.created', 'wal_1', 'test', '{}' "
    "  FROM generate_series(1, 5000) n"
)
ROWS_READ = text("SELECT sum(seq_tup_read + idx_tup_fetch) FROM pg_stat_xact_user_tables WHERE relname ~ '^event'")


class TestLease:
    def test_one_works_at_a_time(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.stage(1, "a")
        assert len(store.claim("first").rows) == 1
        with pytest.raises(Deposed):
            store.claim("second")
        assert len(store.claim("first").rows) == 1
        assert outbox_desk.lease() == ("first", 1)

    def test_given_back_it_is_free_at_once(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.stage(1, "a")
        store.claim("first")
        store.release("first")
        assert len(store.claim("second").rows) == 1
        assert outbox_desk.lease() == ("second", 2)

    def test_nobody_gives_back_what_is_another_s(self, outbox_desk: OutboxDesk) -> None:
        store.claim("first")
        outbox_desk.end_lease()
        store.claim("second")
        store.release("first")
        with pytest.raises(Deposed):
            store.claim("third")
        assert outbox_desk.lease() == ("second", 2)

    def test_is_renewed_by_each_mark(self, outbox_desk: OutboxDesk) -> None:
        batch = store.claim("first")
        outbox_desk.end_lease()
        store.mark(batch.fence, [])
        with pytest.raises(Deposed):
            store.claim("second")

    def test_of_another_holder_lets_nothing_be_marked(self, outbox_desk: OutboxDesk) -> None:
        event = outbox_desk.stage(1, "a")
        batch = store.claim("first")
        outbox_desk.end_lease()
        store.claim("second")
        with pytest.raises(Deposed):
            store.mark(batch.fence, batch.rows)
        assert outbox_desk.unmarked() == [event]


class TestMark:
    def test_is_of_one_event_among_those_at_its_position(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.stage(1, "a", event_id="evt_first")
        outbox_desk.stage(1, "b", event_id="evt_second")
        batch = store.claim("one")
        store.mark(batch.fence, batch.rows[:1])
        assert outbox_desk.unmarked() == ["evt_second"]

    def test_reads_what_it_marks_however_long_the_backlog_is(
        self, outbox_desk: OutboxDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store, "BATCH_MAX", 50)
        outbox_desk.sql(BACKLOG, first=FIRST_POSITION)
        outbox_desk.sql("ANALYZE outbox.event")
        batch = store.claim("one")
        with transaction() as connection:
            monkeypatch.setattr(store, "transaction", lambda: nullcontext(connection))
            store.mark(batch.fence, batch.rows)
            assert connection.execute(ROWS_READ).scalar_one() <= 2 * store.BATCH_MAX
        assert outbox_desk.sql("SELECT count(*) FROM outbox.event WHERE published_at IS NULL") == [[4_950]]


class TestOldestAge:
    def test_is_of_the_event_that_was_staged_first_whatever_its_position(self, outbox_desk: OutboxDesk) -> None:
        store.claim("one")
        outbox_desk.stage(1, "a")
        outbox_desk.stage(2, "b", created_at=datetime.now(UTC) - timedelta(minutes=5))
        age = store.oldest_age_s("one")
        assert age is not None
        assert 300 <= age < 360

    def test_is_known_while_kafka_refuses(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.stage(1, "a", data=LARGE, created_at=datetime.now(UTC) - timedelta(hours=1))
        assert publish_batch("one") == 0
        assert (store.oldest_age_s("one") or 0) >= 3600

    def test_is_zero_when_everything_is_published(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.stage(1, "a")
        publish_batch("one")
        assert store.oldest_age_s("one") == 0

    def test_is_told_by_the_holder_of_the_lease_alone(self, outbox_desk: OutboxDesk) -> None:
        assert store.oldest_age_s("one") is None
        outbox_desk.stage(1, "a")
        store.claim("one")
        assert store.oldest_age_s("two") is None
        assert store.oldest_age_s("one") is not None
