"""How long a statement may take: each role's server ends it, and the socket waits at least as long."""

import pytest

from functions.transaction.bulk import bulk
from functions.transaction.schemas import BulkRequest
from local.configuration import Configuration
from local.services.postgres import DATABASE, OWNER
from paycore import database
from paycore.caller import Caller
from paycore.database import commit_soon, transaction
from paycore.errors import Busy, PaymentError
from tests.integration.ledger_crowd import key
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


def _write_late() -> None:
    with transaction() as connection:
        connection.exec_driver_sql("INSERT INTO identity.attempt VALUES ('late', 1, now())")
        commit_soon(connection)


class TestLongTransaction:
    def test_has_four_seconds_and_leaves_the_next_its_two(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with as_function(platform, monkeypatch, "app_rw", DATABASE):  # one connection for all
            assert _end(LONG, long=True) is None
            assert _end(LONG, long=False) is Busy
            assert _end("SELECT pg_sleep(5)", long=True) is Busy
            assert _end("SELECT 1", long=False) is None


class TestBulk:
    def test_has_the_time_of_a_long_transaction(self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        # Something in it takes more than two seconds.
        ledger_desk.sql("ALTER FUNCTION ledger.lock_for_bulk RENAME TO really_lock_for_bulk")
        ledger_desk.sql(f"""CREATE FUNCTION ledger.lock_for_bulk(items jsonb) RETURNS void LANGUAGE plpgsql AS $$
            BEGIN PERFORM ledger.really_lock_for_bulk(items); PERFORM {LONG.removeprefix("SELECT ")}; END $$""")
        anna, ben = ledger_desk.names["anna"], ledger_desk.names["ben"]
        ((owner,),) = ledger_desk.sql("SELECT owner_id FROM ledger.account WHERE id = :id", id=anna)
        item = {"source_wallet_id": anna, "target_wallet_id": ben, "amount": 1, "currency": "EUR"}
        wanted = BulkRequest.model_validate({"mode": "atomic", "items": [item, item]})
        with as_function(ledger_desk.platform, monkeypatch, "app_rw", LEDGER):
            answer = bulk(Caller(owner, "ses_1", frozenset({"admin"})), wanted, key())
        assert answer.status == 201


class TestInstant:
    def test_of_a_transaction_that_takes_too_long_to_commit_never_was(
        self, platform: Configuration, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "COMMITS_WITHIN_S", 0.0)
        with as_function(platform, monkeypatch, "app_rw", DATABASE):
            with pytest.raises(Busy):
                _write_late()
            with transaction() as connection:
                found = connection.exec_driver_sql("SELECT subject FROM identity.attempt WHERE subject = 'late'").all()
        assert found == []


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
