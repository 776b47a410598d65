"""What is old goes and nothing else: keys, quotes that nobody used, published events."""

import pytest

from functions.transaction.tending import store
from functions.transaction.tending.tend_ledger import tend_ledger
from functions.transaction.verification import verify_ledger
from tests.integration.ledger_desk import LedgerDesk


class TestOldRows:
    def test_a_key_goes_after_thirty_days(self, ledger_desk: LedgerDesk) -> None:
        paid = ledger_desk.names["paid"]
        ledger_desk.age("ledger.idempotency_key", "created_at", 30, f"key = '{paid}'")
        ledger_desk.age("ledger.idempotency_key", "created_at", 29, f"key <> '{paid}'")
        before = {key for (key,) in ledger_desk.sql("SELECT key FROM ledger.idempotency_key")}
        assert tend_ledger()["keys"] == 1
        assert {key for (key,) in ledger_desk.sql("SELECT key FROM ledger.idempotency_key")} == before - {paid}
        assert verify_ledger.verify_ledger("test", whole=True)["violations"] == 0, "its transaction stays"

    def test_batch_follows_batch(self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("functions.transaction.tending.tend_ledger.ROWS_PER_BATCH", 3)
        ledger_desk.age("ledger.idempotency_key", "created_at", 31)
        ((keys,),) = ledger_desk.sql("SELECT count(*) FROM ledger.idempotency_key")
        assert keys > 6
        assert tend_ledger()["keys"] == keys

    def test_waits_for_no_key_that_somebody_holds(self, ledger_desk: LedgerDesk) -> None:
        ledger_desk.age("ledger.idempotency_key", "created_at", 31)
        with ledger_desk.session() as other:
            other.run("BEGIN")
            other.run("SELECT FROM ledger.idempotency_key WHERE key = :key FOR UPDATE", key=ledger_desk.names["paid"])
            store.forget_keys(1_000)
            other.run("ROLLBACK")
        assert ledger_desk.sql("SELECT key FROM ledger.idempotency_key") == [[ledger_desk.names["paid"]]]

    def test_a_quote_that_nobody_used_goes_after_thirty_days(self, ledger_desk: LedgerDesk) -> None:
        for quote_id, days, used_by in (("quo_a", 31, None), ("quo_b", 29, None), ("quo_c", 31, "tx_used")):
            ledger_desk.sql(
                "WITH rate AS (INSERT INTO ledger.exchange_rate VALUES (:rate_id, 'EUR', 'USD', 2, 'usr_1') RETURNING id) "
                "INSERT INTO ledger.quote SELECT :id, 'usr_1', id, 2, 'EUR', 'USD', 1, 2, 2, 0, "
                "       clock_timestamp() - make_interval(days => CAST(:days AS integer)), :used_by FROM rate",
                rate_id=f"rate_{quote_id}",
                id=quote_id,
                days=days,
                used_by=used_by,
            )
        assert tend_ledger()["quotes"] == 1
        assert ledger_desk.sql("SELECT id FROM ledger.quote ORDER BY id") == [["quo_b"], ["quo_c"]]

    def test_an_event_goes_a_week_after_it_was_published(self, ledger_desk: LedgerDesk) -> None:
        for position, (staged_days, published_days) in enumerate(((8, 8), (8, None), (8, 1), (6, 6))):
            ledger_desk.sql(
                "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data, "
                "                          published_at) "
                "VALUES ((extract(epoch FROM clock_timestamp() - make_interval(days => :staged)) * 1000000)::bigint, "
                "        :event_id, 'wallet-events', 'key', 'wallet.created', 'wal_1', 'test', '{}', "
                "        clock_timestamp() - make_interval(days => CAST(:published AS integer)))",
                staged=staged_days,
                event_id=f"evt_{position}",
                published=published_days,
            )
        assert tend_ledger()["events"] == 1
        left = ledger_desk.sql("SELECT event_id FROM outbox.event WHERE partition_key = 'key' ORDER BY event_id")
        assert left == [["evt_1"], ["evt_2"], ["evt_3"]]
