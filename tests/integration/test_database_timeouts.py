"""How long a statement may take: each role's server ends it, and the socket waits at least as long."""

import pytest

from local.configuration import Configuration
from local.services.postgres import DATABASE, OWNER
from paycore.database import transaction
from paycore.errors import Busy, PaymentError
from paycore.ledger.compound import Bulk
from paycore.ledger.post import post_now
from tests.integration.ledger_crowd import common, move
from tests.integration.ledger_desk import DATABASE as LEDGER
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.outbox_desk import as_function

# The seconds are the condition itself: longer than an API function waits for anything.
LONG = "SELECT pg_sleep(2.6)"


def _end(statement: str, *, long: bool) -> type[PaymentError] | None:
    try:
        with transaction(long=long) as connection:
            connection.exec_driver_sql(statement)
    except PaymentError as refusal:
        return type(refusal)
    return None


def _outcome(platform: Configuration, monkeypatch: pytest.MonkeyPatch, user: str) -> type[PaymentError] | None:
    with as_function(platform, monkeypatch, user, DATABASE):
        return _end(LONG, long=False)


class TestLongTransaction:
    def test_has_four_seconds_and_leaves_the_next_its_two(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with as_function(platform, monkeypatch, "app_rw", DATABASE):  # one connection for all
            assert _end(LONG, long=True) is None
            assert _end(LONG, long=False) is Busy
            assert _end("SELECT pg_sleep(5)", long=True) is Busy
            assert _end("SELECT 1", long=False) is None

    def test_is_that_of_an_atomic_bulk(self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        # Something in it takes more than two seconds.
        ledger_desk.sql("ALTER FUNCTION ledger.lock_for_bulk RENAME TO really_lock_for_bulk")
        ledger_desk.sql(f"""CREATE FUNCTION ledger.lock_for_bulk(items jsonb) RETURNS void LANGUAGE plpgsql AS $$
            BEGIN PERFORM ledger.really_lock_for_bulk(items); PERFORM {LONG.removeprefix("SELECT ")}; END $$""")
        items = tuple(move(ledger_desk.names["anna"], ledger_desk.names["ben"], 1) for _ in range(2))
        with as_function(ledger_desk.platform, monkeypatch, "app_rw", LEDGER):
            outcome = post_now(Bulk(**common(), mode="atomic", items=items))
        assert len(outcome.bulk) == 2


class TestStatement:
    @pytest.mark.parametrize("user", [OWNER, "app_job"], ids=["migration", "job"])
    def test_of_more_than_an_api_s_time_ends_well(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch, user: str
    ) -> None:
        assert _outcome(platform, monkeypatch, user) is None

    def test_of_an_api_is_ended_by_the_server_before_the_socket_gives_up(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert _outcome(platform, monkeypatch, "app_rw") is Busy
