"""What somebody else changes between a call's look and its lock: the call sees it, and does the right thing."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pg8000.exceptions import DatabaseError

from functions.transaction.tending import store
from paycore.ledger.commands import Wallet
from paycore.ledger.compound import Close
from paycore.ledger.post import post_now
from tests.integration.ledger_crowd import common, move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, somebody, until_blocked_by


def _overdue_holds(desk: LedgerDesk) -> tuple[str, str]:
    """One that breaks a rule of its tables where it ends, and a younger one that does not."""
    broken, good = desk.names["hold"], desk.hold("dora", "ben", 10)
    desk.corrupt("UPDATE ledger.balance SET held_minor = 0 WHERE account_id = '{anna}'")
    _end_times(desk, broken, good)
    return broken, good


def _end_times(desk: LedgerDesk, older: str, younger: str) -> None:
    """Both are over, one for longer."""
    past = "UPDATE ledger.hold SET expires_at = now() - CAST(:ago AS interval) WHERE transaction_id = :id"
    for hold_id, ago in ((older, "2 min"), (younger, "1 min")):
        desk.sql(past, id=hold_id, ago=ago)


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


class TestWallet:
    def test_that_is_striped_while_it_closes_is_closed_with_all_its_stripes(self, ledger_desk: LedgerDesk) -> None:
        """None can get money between the look at them and the closing."""
        ledger_desk.open("empty")
        wallet = ledger_desk.names["empty"]
        with somebody(ledger_desk) as striping, somebody(ledger_desk) as promising, ThreadPoolExecutor(1) as pool:
            change = json.dumps({"action": "stripe", "wallet_id": wallet, "stripes": 16})
            striping.run("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=change)
            promising.run("SELECT FROM ledger.account WHERE id = :id FOR KEY SHARE", id=wallet)  # as a hold for it does
            closing = pool.submit(post_now, Close(**common(), wallet=Wallet(wallet)))
            until_blocked_by(ledger_desk, striping)
            striping.run("COMMIT")
            until_blocked_by(ledger_desk, promising)
            free = "SELECT stripe FROM ledger.balance WHERE account_id = :id FOR NO KEY UPDATE SKIP LOCKED"
            assert ledger_desk.sql(free, id=wallet) == []
            promising.run("ROLLBACK")
            closing.result().succeed()

    def test_that_was_striped_meanwhile_gets_money_as_a_striped_one(self, ledger_desk: LedgerDesk) -> None:
        dora, ben = ledger_desk.names["dora"], ledger_desk.names["ben"]
        with somebody(ledger_desk) as other:
            change = {"action": "stripe", "wallet_id": ben, "stripes": 16}
            other.run("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=json.dumps(change))
            command = move(dora, ben, 10)
            made = commit_under(ledger_desk, other, lambda: post_now(command)).completed()
        told = {leg.account_id: (leg.balance_after, leg.version) for leg in made.legs}
        assert told[ben] == (None, None), "what one stripe has is not what the wallet has"
        assert told[dora][0] is not None

    def test_that_was_striped_meanwhile_is_compared_with_its_whole_version(self, ledger_desk: LedgerDesk) -> None:
        dora, ben = ledger_desk.names["dora"], ledger_desk.names["ben"]
        ((version,),) = ledger_desk.sql("SELECT ledger.version_of(:id)", id=dora)
        with somebody(ledger_desk) as other:
            change = {"action": "stripe", "wallet_id": dora, "stripes": 2}
            other.run("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=json.dumps(change))
            command = replace(move(dora, ben, 10), expected_version=version)
            outcome = commit_under(ledger_desk, other, lambda: post_now(command))
        ((now,),) = ledger_desk.sql("SELECT ledger.version_of(:id)", id=dora)
        assert outcome.refusal is not None
        assert (outcome.refusal.code, outcome.refusal.facts()["version"]) == ("version_conflict", now)

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

    def test_that_was_striped_in_the_moment_of_the_lock_is_asked_for_again(self, ledger_desk: LedgerDesk) -> None:
        """Nothing had to wait then: the purse tells the one stripe of before. The retry of the call takes them all."""
        dora = ledger_desk.names["dora"]
        stale = (
            "SELECT ledger.cover(ROW(a.id, a.owner_id, a.kind, a.currency, 1, b.stripe, b.state, b.posted_minor, "
            "b.held_minor, b.floor_minor, 0, b.version, b.posted_at)::ledger.purse, 501) "
            "FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = 0 WHERE a.id = :id"
        )
        change = {"action": "stripe", "wallet_id": dora, "stripes": 2}
        ledger_desk.sql("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=json.dumps(change))
        with pytest.raises(DatabaseError) as raised:
            ledger_desk.sql(stale, id=dora)
        assert raised.value.args[0]["C"] == "40001", "serialization_failure, which the port repeats"


class TestReversal:
    def test_tells_its_original_at_its_own_instant(self, ledger_desk: LedgerDesk) -> None:
        """Not later: else it may stand behind the next movement's events, which the same wallet has as their key."""
        back = ledger_desk.names["back"]
        told = ledger_desk.sql(
            "SELECT type, id - min(id) OVER () FROM outbox.event "
            " WHERE subject = :back OR data ->> 'reversal_id' = :back ORDER BY id",
            back=back,
        )
        assert told == [["transaction.created", 0], ["transaction.completed", 1], ["transaction.reversed", 3]]
