"""What waits behind an event that cannot leave stops nobody's money, and is still told."""

from collections.abc import Iterator

import pytest

from functions.outbox import store
from functions.outbox.aside import SetAside
from local.story import Person
from paycore.outbox import BACKLOG_DEPTH
from tests.integration.desk import Desk
from tests.integration.local_platform.caller import wait_until
from tests.integration.money import fund, transfer
from tests.integration.outbox_desk import LARGE, OutboxDesk, publish_batch

KEY = "stuck"
BEHIND = (
    "INSERT INTO outbox.event (id, event_id, topic, partition_key, type, subject, request_id, data, created_at) "
    "SELECT 1767225600000000 + n, 'evt_behind' || n, 'wallet-events', :key, 'wallet.eaten', 'wal_1', 'test', '{}', "
    "       clock_timestamp() - interval '61 s' FROM generate_series(0, CAST(:count AS integer)) AS n"
)


@pytest.fixture
def stuck(desk: Desk) -> Iterator[None]:
    """An event that no relay can render, with more behind it than the relay takes at once; the relay has met it."""
    desk.rows(BEHIND, key=KEY, count=BACKLOG_DEPTH + 1)
    try:
        wait_until(lambda: desk.rows("SELECT FROM outbox.stuck_key WHERE partition_key = :key", key=KEY) != [])
        yield
    finally:
        desk.rows("DELETE FROM outbox.event WHERE partition_key = :key", key=KEY)
        desk.rows("DELETE FROM outbox.stuck_key WHERE partition_key = :key", key=KEY)


def _backlog_age_s(desk: OutboxDesk, depth: int = BACKLOG_DEPTH) -> float:
    ((age_s,),) = desk.sql("SELECT outbox.backlog_age_s(:depth)", depth=depth)
    return float(age_s)


class TestWhatWaits:
    @pytest.mark.usefixtures("stuck")
    def test_stops_nobody_s_money_and_is_told(self, payer: Person, payee: Person, admin: Person, desk: Desk) -> None:
        assert desk.rows("SELECT outbox.backlog_age_s(:depth)", depth=BACKLOG_DEPTH) == [[0]]
        fund(admin, payer.wallet_id, 100)
        assert transfer(payer, payee.wallet_id, 100).status == 201
        outbox = payer.client.request("GET", "/health/notification").body["checks"]["outbox"]
        assert outbox["status"] == "warn"
        assert outbox["observed_value"] >= 61

    def test_is_a_backlog_again_once_no_relay_tells_of_it(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.sql(BEHIND, key=KEY, count=3)
        assert publish_batch("one") == 0
        assert _backlog_age_s(outbox_desk, 3) == 0
        outbox_desk.sql("UPDATE outbox.stuck_key SET until = clock_timestamp()")
        assert _backlog_age_s(outbox_desk, 3) > 60
        assert (store.oldest_age_s("one") or 0) > 60, "the alarm's sign in either case"

    def test_is_a_backlog_where_very_many_keys_are_stuck(self, outbox_desk: OutboxDesk) -> None:
        for number in range(101):
            outbox_desk.stage(number, f"{number:03}", type="wallet.eaten")
        assert publish_batch("one") == 0
        assert (_backlog_age_s(outbox_desk, 1), _backlog_age_s(outbox_desk, 0) > 0) == (0, True)

    def test_is_noted_anew_each_time_that_it_is_tried(self, outbox_desk: OutboxDesk) -> None:
        outbox_desk.stage(1, "a", data=LARGE)
        seen = []
        for _ in range(2):
            assert publish_batch("one", SetAside()) == 0
            ((until,),) = outbox_desk.sql("SELECT until FROM outbox.stuck_key")
            seen.append(until)
        assert seen[0] < seen[1]

    def test_is_forgotten_when_it_is_over(self, outbox_desk: OutboxDesk) -> None:
        store.note_stuck([("wallet-events", "a")])
        outbox_desk.sql("UPDATE outbox.stuck_key SET until = clock_timestamp() - interval '1 ms'")
        store.note_stuck([("wallet-events", "b")])
        assert outbox_desk.sql("SELECT partition_key FROM outbox.stuck_key") == [["b"]]
