"""What somebody else changes between a call's look and its lock: the call sees it, and does the right thing."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pg8000.exceptions import DatabaseError

from paycore.ledger.commands import Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Capture
from paycore.ledger.post import AnyCommand, post_now
from tests.integration.ledger_crowd import common, hold, move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, post_as, somebody, until_blocked_by


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

    def test_that_was_striped_meanwhile_tells_no_balance_of_a_capture(self, ledger_desk: LedgerDesk) -> None:
        anna, cleo = ledger_desk.names["anna"], ledger_desk.names["cleo"]
        with somebody(ledger_desk) as other:
            change = {"action": "stripe", "wallet_id": anna, "stripes": 16}
            other.run("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=json.dumps(change))
            command = Capture(**common(), original_id=ledger_desk.names["hold"], allowed=None)
            made = commit_under(ledger_desk, other, lambda: post_now(command)).completed()
        told = {leg.account_id: (leg.balance_after, leg.version) for leg in made.legs}
        assert told[anna] == (None, None)
        assert told[cleo][0] is not None

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
            "b.held_minor, b.floor_minor, 0, b.version, b.posted_at, false)::ledger.purse, 501) "
            "FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id AND b.stripe = 0 WHERE a.id = :id"
        )
        change = {"action": "stripe", "wallet_id": dora, "stripes": 2}
        ledger_desk.sql("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=json.dumps(change))
        with pytest.raises(DatabaseError) as raised:
            ledger_desk.sql(stale, id=dora)
        assert raised.value.args[0]["C"] == "40001", "serialization_failure, which the port repeats"


class TestWait:
    """For a wallet that is locked: many of them, and the job stripes it for ever."""

    def test_is_noted_where_money_moves(self, ledger_desk: LedgerDesk) -> None:
        anna, ben, dora = (ledger_desk.names[name] for name in ("anna", "ben", "dora"))
        assert _noted(ledger_desk, ben, move(anna, ben, 1)) == ([ben], None)
        assert _noted(ledger_desk, dora, hold(dora, ben, 1)) == ([dora], None)

    def test_of_whoever_moves_nothing_is_not(self, ledger_desk: LedgerDesk) -> None:
        anna, ben, dora = (ledger_desk.names[name] for name in ("anna", "ben", "dora"))
        theft = replace(move(dora, ben, 1), source=Wallet(dora, owned_by="usr_stranger"))
        assert _noted(ledger_desk, dora, theft) == ([], "wallet_not_found")
        held = replace(hold(dora, ben, 1), source=Wallet(dora, owned_by="usr_stranger"))
        assert _noted(ledger_desk, dora, held) == ([], "wallet_not_found")
        assert _noted(ledger_desk, ben, move(anna, ben, 10**12)) == ([], "insufficient_funds")
        assert _noted(ledger_desk, dora, hold(dora, ben, 10**12)) == ([], "insufficient_funds")
        rehearsed = replace(move(anna, ben, 1), dry_run=True)
        assert _noted(ledger_desk, ben, rehearsed) == ([], None)


def _noted(desk: LedgerDesk, wallet: str, command: AnyCommand) -> tuple[list[str], str | None]:
    """Whose waits are noted once a command has waited for a wallet, and its refusal; then they are forgotten."""
    with somebody(desk) as other:
        other.run("SELECT FROM ledger.balance WHERE account_id = :id FOR NO KEY UPDATE", id=wallet)
        outcome = commit_under(desk, other, lambda: post_now(command))
    noted = [str(row[0]) for row in desk.sql("DELETE FROM ledger.contention RETURNING account_id")]
    return noted, outcome.refusal.code if outcome.refusal else None


class TestCounter:
    def test_is_locked_before_an_external_id_is_claimed(self, ledger_desk: LedgerDesk) -> None:
        """A bulk has all its counters before it claims an id: the other way round the two would wait in a circle."""
        anna, ben = ledger_desk.names["anna"], ledger_desk.names["ben"]
        ledger_desk.sql("INSERT INTO ledger.spending_limit VALUES ('user', 'EUR', 100, 100, 100, 100)")
        post_now(replace(move(anna, ben, 1), limit_role="user"))  # who never spent has no row
        ((owner,),) = ledger_desk.sql("SELECT owner_id FROM ledger.spending")
        with somebody(ledger_desk) as twin, ThreadPoolExecutor(1) as pool:
            twin.run("INSERT INTO ledger.external_id VALUES (:owner, 'order-1', 'tx_twin')", owner=owner)
            command = replace(move(anna, ben, 1), limit_role="user", external_id="order-1")
            spending = pool.submit(post_now, command)
            until_blocked_by(ledger_desk, twin)
            assert ledger_desk.sql("SELECT FROM ledger.spending FOR NO KEY UPDATE SKIP LOCKED") == []
            twin.run("ROLLBACK")
            assert spending.result().completed().amount == 1


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


class TestBulk:
    def test_s_twin_finds_nobody_where_the_first_found_nobody(self, ledger_desk: LedgerDesk) -> None:
        """The first looked before there was a wallet, the second afterwards; it waits for the first one's call."""
        anna = ledger_desk.names["anna"]

        def call(target: str) -> Bulk:
            return Bulk(**common("call"), mode="independent", items=(move(anna, target, 10, "item"),))

        with somebody(ledger_desk) as first:
            post_as(first, call("nobody"))
            (told,) = commit_under(ledger_desk, first, lambda: post_now(call(ledger_desk.names["ben"]))).bulk
        assert told.refusal is not None
        assert told.refusal.code == "wallet_not_found"
