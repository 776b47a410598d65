"""Who has a schedule in hand: whoever runs it or changes it, one at a time, and each owner in turn."""

from collections.abc import Iterator

import pytest

from functions.transaction.schedules import store
from functions.transaction.schedules.change_schedule import change_schedule
from functions.transaction.schedules.run_due import run_due
from paycore import ids
from paycore.caller import Caller
from paycore.database import one_statement
from paycore.errors import InvalidState
from paycore.origin import Origin
from tests.integration.ledger_desk import DATABASE as LEDGER
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, somebody
from tests.integration.outbox_desk import as_function


class TestChange:
    """Whoever runs a schedule and whoever changes it lock its row: the second finds what the first has done."""

    @pytest.fixture
    def schedule_id(self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        made = (
            "INSERT INTO transfer.schedule (id, owner_id, transfer, starts_at, next_at) "
            "VALUES (:id, 'usr_one', '{}', now() - interval '1 min', now() - interval '1 min')"
        )
        name = ids.new("sch")
        ledger_desk.sql(made, id=name)
        with as_function(ledger_desk.platform, monkeypatch, "app_rw", LEDGER):
            yield name

    def test_that_comes_while_it_runs_finds_it_done(self, ledger_desk: LedgerDesk, schedule_id: str) -> None:
        caller, here = Caller("usr_one", "ses", frozenset({"user"})), Origin("127.0.0.1", "req")
        with somebody(ledger_desk) as running:
            done = "UPDATE transfer.schedule SET state = 'completed', next_at = NULL WHERE id = :id"
            running.run(done, id=schedule_id)
            with pytest.raises(InvalidState):
                commit_under(ledger_desk, running, lambda: change_schedule(caller, schedule_id, "cancel", here, None))

    def test_that_is_not_committed_yet_keeps_it_from_running(self, ledger_desk: LedgerDesk, schedule_id: str) -> None:
        with somebody(ledger_desk) as canceling:
            canceling.run(
                "UPDATE transfer.schedule SET state = 'canceled', next_at = NULL WHERE id = :id", id=schedule_id
            )
            assert run_due(1) == 0
            canceling.run("COMMIT")
        assert run_due(1) == 0
        assert ledger_desk.sql("SELECT FROM transfer.occurrence WHERE schedule_id = :id", id=schedule_id) == []


class TestTurn:
    def test_is_each_owner_s_before_it_is_anybody_s_again(
        self, ledger_desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = (
            "INSERT INTO transfer.schedule (id, owner_id, transfer, starts_at, next_at, not_before) SELECT :id, :owner, "
            "'{}', t, t, CAST(:wait AS interval) + now() FROM (SELECT now() - CAST(:ago AS interval)) s (t)"
        )
        rows = [("usr_many", 9, None), ("usr_many", 8, None), ("usr_one", 1, None), ("usr_late", 9, "1 min")]
        names = [ids.new("sch") for _ in rows]
        for name, (owner, hours, wait) in zip(names, rows, strict=True):
            ledger_desk.sql(made, id=name, owner=owner, ago=f"{hours} hours", wait=wait)
        with as_function(ledger_desk.platform, monkeypatch, "app_rw", LEDGER):
            due = one_statement(lambda connection: store.due(connection, 9))
        assert due == [names[0], names[2], names[1]]
