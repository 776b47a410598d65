"""Holds that are over their time: the job ends them, or a debit that needs their money; none keeps others from it."""

import pytest

from functions.transaction.tending import store
from paycore.ledger.post import post_now
from tests.integration.ledger_crowd import move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, somebody


def _overdue_holds(desk: LedgerDesk) -> tuple[str, str]:
    """One that breaks a rule of its tables where it ends, and a younger one that does not."""
    broken, good = desk.names["hold"], desk.hold("dora", "ben", 10)
    desk.corrupt("UPDATE ledger.balance SET held_minor = 0 WHERE account_id = '{anna}'")
    _end_times(desk, broken, good)
    return broken, good


def _end_times(desk: LedgerDesk, older: str, younger: str) -> None:
    """Both are over, one for longer."""
    for hold_id, minutes in ((older, 2), (younger, 1)):
        desk.end_hold(hold_id, -60_000 * minutes)


class TestHold:
    def test_that_ended_meanwhile_does_not_expire(self, ledger_desk: LedgerDesk) -> None:
        hold_id = ledger_desk.names["hold"]
        ledger_desk.end_hold(hold_id)
        end = "SELECT ledger.end_overdue_hold(:id)"
        with somebody(ledger_desk) as other:
            other.run(end, id=hold_id)
            assert store.expire_holds(9) == 0
            assert commit_under(ledger_desk, other, lambda: ledger_desk.sql(end, id=hold_id)) == [[False]]
        events = ledger_desk.sql("SELECT FROM outbox.event WHERE type = 'transaction.expired'")
        assert len(events) == 1
        assert ledger_desk.sql("SELECT status FROM ledger.transaction WHERE id = :id", id=hold_id) == [["expired"]]

    def test_that_breaks_a_rule_keeps_no_other_from_ending(self, ledger_desk: LedgerDesk) -> None:
        broken, good = _overdue_holds(ledger_desk)
        assert store.expire_holds(9) == 1
        states = "SELECT state FROM ledger.hold WHERE transaction_id IN (:broken, :good) ORDER BY state"
        assert ledger_desk.sql(states, broken=broken, good=good) == [["expired"], ["open"]]

    def test_behind_as_many_broken_ones_as_a_batch_has_room_for_ends(self, ledger_desk: LedgerDesk) -> None:
        _, good = _overdue_holds(ledger_desk)
        assert store.expire_holds(1) == 1
        assert ledger_desk.sql("SELECT state FROM ledger.hold WHERE transaction_id = :id", id=good) == [["expired"]]
        assert store.expire_holds(1) == 0, "and nobody looks for ever"

    @pytest.mark.parametrize(
        "fault",
        [
            "UPDATE ledger.transaction SET version = 2147483647 WHERE id = '{hold}'",
            "UPDATE ledger.hold SET source_stripe = 7 WHERE transaction_id = '{hold}'",
        ],
    )
    def test_that_cannot_end_for_another_reason_keeps_no_other_from_it(
        self, ledger_desk: LedgerDesk, fault: str
    ) -> None:
        broken, good = ledger_desk.names["hold"], ledger_desk.hold("dora", "ben", 10)
        _end_times(ledger_desk, broken, good)
        ledger_desk.corrupt(fault)
        assert store.expire_holds(9) == 1
        outcome = post_now(move(ledger_desk.names["anna"], ledger_desk.names["ben"], 10**12))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "insufficient_funds"

    def test_in_more_parts_than_a_small_number_tells_goes_on(self, ledger_desk: LedgerDesk) -> None:
        """Each part raises the version of the transaction, and one unit may be a part."""
        hold_id = ledger_desk.names["hold"]
        ledger_desk.corrupt("UPDATE ledger.transaction SET version = 32767 WHERE id = '{hold}'")
        ledger_desk.capture(hold_id, 1)
        assert ledger_desk.sql("SELECT version FROM ledger.transaction WHERE id = :id", id=hold_id) == [[32768]]

    @pytest.mark.parametrize("batch", [1, 9])
    def test_of_a_wallet_that_is_locked_keeps_no_other_from_ending(self, ledger_desk: LedgerDesk, batch: int) -> None:
        waiting, good = ledger_desk.names["hold"], ledger_desk.hold("dora", "ben", 10)
        _end_times(ledger_desk, waiting, good)
        with somebody(ledger_desk) as other:
            other.run("SELECT FROM ledger.balance WHERE account_id = :id FOR UPDATE", id=ledger_desk.names["anna"])
            assert store.expire_holds(batch) == 1
            other.run("ROLLBACK")
        states = "SELECT state FROM ledger.hold WHERE transaction_id = :id"
        assert [ledger_desk.sql(states, id=each) for each in (waiting, good)] == [[["open"]], [["expired"]]]
        assert store.expire_holds(batch) == 1

    def test_of_a_wallet_that_is_locked_is_not_waited_for(self, ledger_desk: LedgerDesk) -> None:
        """Whoever needs a wallet whose hold has ended in the same call would wait as long."""
        ended, waiting = ledger_desk.names["hold"], ledger_desk.hold("dora", "ben", 10)
        _end_times(ledger_desk, ended, waiting)
        with somebody(ledger_desk) as other, somebody(ledger_desk) as job:
            other.run("SELECT FROM ledger.balance WHERE account_id = :id FOR UPDATE", id=ledger_desk.names["dora"])
            job.run("SET LOCAL lock_timeout = 0")
            job.run("SET LOCAL statement_timeout = '2 s'")
            assert job.run("SELECT ledger.expire_holds(9)") == [[1]]

    def test_that_lacks_its_row_keeps_no_other_of_its_wallet_from_ending(self, ledger_desk: LedgerDesk) -> None:
        broken, good = ledger_desk.names["hold"], ledger_desk.hold("anna", "ben", 10)
        _end_times(ledger_desk, broken, good)
        ledger_desk.corrupt("UPDATE ledger.hold SET source_stripe = 7 WHERE transaction_id = '{hold}'")
        assert store.expire_holds(9) == 1
        assert ledger_desk.sql("SELECT state FROM ledger.hold WHERE transaction_id = :id", id=good) == [["expired"]]

    def test_that_breaks_a_rule_is_no_reason_to_fail_for_its_payer(self, ledger_desk: LedgerDesk) -> None:
        _overdue_holds(ledger_desk)
        outcome = post_now(move(ledger_desk.names["anna"], ledger_desk.names["ben"], 10**12))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "insufficient_funds"

    def test_that_is_over_lets_all_stripes_of_its_payer_pay_at_once(self, ledger_desk: LedgerDesk) -> None:
        ledger_desk.open("wide", stripes=4)
        for _ in range(6):
            ledger_desk.fund("wide", 50)
        held, younger = (ledger_desk.hold("wide", "ben", amount) for amount in (250, 10))
        _end_times(ledger_desk, held, younger)
        made = post_now(move(ledger_desk.names["wide"], ledger_desk.names["ben"], 300)).completed()
        assert made.amount == 300
        left = "SELECT posted_minor, held_minor FROM ledger.balance WHERE account_id = :id"
        assert ledger_desk.sql(left, id=ledger_desk.names["wide"]) == [[0, 0]] * 4
