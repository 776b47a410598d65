"""A closing against what puts money into the wallet, or promises it: whoever comes second waits and then knows."""

from functools import partial

from paycore.ledger.commands import Hold, Move, Wallet
from paycore.ledger.compound import Close
from paycore.ledger.post import post_now
from tests.integration.ledger_crowd import common, hold, move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, end_of_second, post_as, somebody


class TestCredit:
    """The races of `test_ledger_races.py` rarely meet at the very row."""

    def test_waits_for_a_credit_and_is_refused(self, ledger_desk: LedgerDesk) -> None:
        close, credit = _closing_and_credit(ledger_desk)
        assert end_of_second(ledger_desk, credit, close) == "wallet_not_empty"

    def test_is_waited_for_and_refuses_the_credit(self, ledger_desk: LedgerDesk) -> None:
        close, credit = _closing_and_credit(ledger_desk)
        assert end_of_second(ledger_desk, close, credit) == "wallet_closed"


def _closing_and_credit(desk: LedgerDesk) -> tuple[Close, Move]:
    desk.open("empty")
    empty = desk.names["empty"]
    return Close(**common(), wallet=Wallet(empty)), move(desk.names["anna"], empty, 7)


class TestPromise:
    def test_waits_for_money_that_is_announced(self, ledger_desk: LedgerDesk) -> None:
        ledger_desk.open("empty")
        wallet = ledger_desk.names["empty"]
        with somebody(ledger_desk) as other:
            assert other.run("SELECT ledger.expect_credit('pay_1', :id)", id=wallet) == [[None]]
            close = Close(**common(), wallet=Wallet(wallet))
            outcome = commit_under(ledger_desk, other, lambda: post_now(close))
        assert outcome.refusal is not None
        assert outcome.refusal.code == "wallet_not_empty"

    def test_is_waited_for_by_who_announces_money(self, ledger_desk: LedgerDesk) -> None:
        ledger_desk.open("empty")
        wallet = ledger_desk.names["empty"]
        with somebody(ledger_desk) as other:
            post_as(other, Close(**common(), wallet=Wallet(wallet)))
            expect = partial(ledger_desk.sql, "SELECT ledger.expect_credit('pay_1', :id)", id=wallet)
            ((refusal,),) = commit_under(ledger_desk, other, expect)
        assert refusal["code"] == "wallet_closed"

    def test_waits_for_a_hold_that_promises_money(self, ledger_desk: LedgerDesk) -> None:
        """A hold locks no balance of who is to get it."""
        close, held = _closing_and_hold(ledger_desk)
        assert end_of_second(ledger_desk, held, close) == "wallet_not_empty"

    def test_is_waited_for_by_a_hold(self, ledger_desk: LedgerDesk) -> None:
        close, held = _closing_and_hold(ledger_desk)
        assert end_of_second(ledger_desk, close, held) == "wallet_closed"

    def test_of_nobody_s_wallet_two_who_announce_money_take_turns(self, ledger_desk: LedgerDesk) -> None:
        """Each posts to the wallet later in its transaction: with a lock that both could have, neither could go on."""
        wallet = ledger_desk.names["anna"]
        announce = "SELECT ledger.expect_credit(:payment, :id)"
        with somebody(ledger_desk) as other:
            other.run(announce, payment="pay_1", id=wallet)
            second = partial(ledger_desk.sql, announce, payment="pay_2", id=wallet)
            assert commit_under(ledger_desk, other, second) == [[None]]


def _closing_and_hold(desk: LedgerDesk) -> tuple[Close, Hold]:
    desk.open("empty")
    empty = desk.names["empty"]
    return Close(**common(), wallet=Wallet(empty)), hold(desk.names["anna"], empty, 7)
