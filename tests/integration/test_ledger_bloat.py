"""What is removed makes room for what comes: tables and indexes of short-lived rows do not grow for ever."""

import pytest

from functions.transaction.tending.tend_ledger import tend_ledger
from tests.integration.ledger_desk import LedgerDesk

ROWS = 5_000
_OLD = {
    "ledger.idempotency_key": """
        INSERT INTO ledger.idempotency_key (principal, route, key, fingerprint, request_id, answer, created_at)
        SELECT 'usr_old', 'POST /old', gen_random_uuid()::text, 'same', 'req_old', '{}', now() - interval '31 days'
          FROM generate_series(1, CAST(:rows AS integer))
    """,
    "outbox.event": """
        INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data, published_at)
        SELECT (extract(epoch FROM now() - interval '8 days') * 1000000)::bigint + n, 'evt_' || gen_random_uuid(),
               'wallet-events', 'key', 'wallet.created', 'wal_old', 'req_old', '{}', now() - interval '8 days'
          FROM generate_series(1, CAST(:rows AS integer)) n
    """,
}
_SIZE = """
    SELECT sum(pg_total_relation_size(coalesce(i.inhrelid, t.oid)))::bigint
      FROM (SELECT to_regclass(:name)) t (oid) LEFT JOIN pg_inherits i ON i.inhparent = t.oid
"""


class TestRemovedRows:
    @pytest.mark.parametrize(("table", "removed"), [("ledger.idempotency_key", "keys"), ("outbox.event", "events")])
    def test_make_room_for_the_next(self, ledger_desk: LedgerDesk, table: str, removed: str) -> None:
        sizes = []
        for _ in range(5):
            ledger_desk.sql(_OLD[table], rows=ROWS)
            assert tend_ledger()[removed] >= ROWS
            ledger_desk.sql(f"VACUUM {table}")  # what autovacuum does, now
            sizes.append(ledger_desk.sql(_SIZE, name=table)[0][0])
        assert sizes[-1] <= 1.1 * sizes[1], sizes  # the first round finds an empty table

    @pytest.mark.parametrize("table", ["ledger.idempotency_key", "ledger.stored_answer", "ledger.balance"])
    def test_are_cleaned_before_they_are_many(self, ledger_desk: LedgerDesk, table: str) -> None:
        ((options,),) = ledger_desk.sql("SELECT reloptions FROM pg_class WHERE oid = to_regclass(:name)", name=table)
        assert "autovacuum_vacuum_scale_factor=0.02" in options
