"""What somebody else changes between a call's look and its lock: the call sees it, and does the right thing."""

import json

from functions.transaction.tending import store
from paycore.ledger.commands import Move, Wallet
from paycore.ledger.compound import Close
from paycore.ledger.post import post_now
from tests.integration.ledger_crowd import common, move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, post_as, somebody


class TestHold:
    def test_that_ended_meanwhile_does_not_expire(self, ledger_desk: LedgerDesk) -> None:
        hold_id = ledger_desk.names["hold"]
        ledger_desk.sql("UPDATE ledger.hold SET expires_at = now() WHERE transaction_id = :id", id=hold_id)
        with somebody(ledger_desk) as other:
            other.run("SELECT ledger.end_overdue_hold(:id)", id=hold_id)
            assert commit_under(ledger_desk, other, lambda: store.expire_holds(9)) == 0
        events = ledger_desk.sql("SELECT FROM outbox.event WHERE type = 'transaction.expired'")
        assert len(events) == 1
        assert ledger_desk.sql("SELECT status FROM ledger.transaction WHERE id = :id", id=hold_id) == [["expired"]]


class TestClosing:
    """Whoever locks the wallet first wins; the races of `test_ledger_races.py` rarely meet at the very row."""

    def test_waits_for_a_credit_and_is_refused(self, ledger_desk: LedgerDesk) -> None:
        close, credit = _closing_and_credit(ledger_desk)
        with somebody(ledger_desk) as other:
            post_as(other, credit)
            outcome = commit_under(ledger_desk, other, lambda: post_now(close))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "wallet_not_empty"

    def test_is_waited_for_and_refuses_the_credit(self, ledger_desk: LedgerDesk) -> None:
        close, credit = _closing_and_credit(ledger_desk)
        with somebody(ledger_desk) as other:
            post_as(other, close)
            outcome = commit_under(ledger_desk, other, lambda: post_now(credit))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "wallet_closed"


def _closing_and_credit(desk: LedgerDesk) -> tuple[Close, Move]:
    desk.open("empty")
    empty = desk.names["empty"]
    return Close(**common(), wallet=Wallet(empty)), move(desk.names["anna"], empty, 7)


class TestWallet:
    def test_that_was_striped_meanwhile_pays_from_all_its_stripes(self, ledger_desk: LedgerDesk) -> None:
        dora, ben = ledger_desk.names["dora"], ledger_desk.names["ben"]
        with somebody(ledger_desk) as other:
            change = {"action": "stripe", "wallet_id": dora, "stripes": 2}
            other.run("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=json.dumps(change))
            other.run(
                "UPDATE ledger.balance SET posted_minor = CASE stripe WHEN 0 THEN 200 ELSE 300 END "
                "WHERE account_id = :id",
                id=dora,
            )
            command = move(dora, ben, 500)
            assert commit_under(ledger_desk, other, lambda: post_now(command)).completed().amount == 500
        left = "SELECT posted_minor FROM ledger.balance WHERE account_id = :id"
        assert ledger_desk.sql(left, id=dora) == [[0], [0]]
