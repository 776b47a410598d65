"""Of two that exclude each other the second waits for the first and is refused, in either order.

The races of `test_ledger_races.py` ask the same of chance, many times; here the first has not committed when the second
comes, which is the one moment that a missing lock would show in.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from local.configuration import REPOSITORY
from paycore import ids
from paycore.ledger.commands import Convert, Wallet
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.post import AnyCommand, post_now
from tests.integration.ledger_crowd import common, move
from tests.integration.ledger_desk import LedgerDesk
from tests.integration.meanwhile import commit_under, end_of_second, post_as, somebody

SQL = REPOSITORY / "functions" / "migrate" / "sql" / "ledger"
Pair = tuple[AnyCommand, AnyCommand]
QUOTE = """
WITH rate AS (INSERT INTO ledger.exchange_rate (id, source_currency, target_currency, rate, loaded_by)
              VALUES ('rate_1', 'EUR', 'USD', 1, 'usr_1'))
INSERT INTO ledger.quote (id, owner_id, rate_id, rate, source_currency, target_currency, source_amount_minor,
                          target_amount_minor, truncated_minor, residue, expires_at)
VALUES (:id, 'usr_crowd', 'rate_1', 1, 'EUR', 'USD', 5, 5, 5, 0, now() + interval '1 h')
"""
LIMIT = "INSERT INTO ledger.spending_limit VALUES ('user', 'EUR', 100, 100, 100, 100)"


def _capture(desk: LedgerDesk) -> Capture:
    return Capture(**common(), original_id=desk.names["hold"], allowed=None)


def _void(desk: LedgerDesk) -> Void:
    return Void(**common(), original_id=desk.names["hold"], allowed=None)


def _reverse(transaction_id: str) -> Reverse:
    return Reverse(**common(), original_id=transaction_id, allowed=None, reason="second thoughts")


def _reversals(desk: LedgerDesk) -> Pair:
    """Between striped wallets, where each finds stripes of its own."""
    for name in ("left", "right"):
        desk.open(name, stripes=4)
        for _ in range(24):
            desk.fund(name, 50)
    moved = desk.transfer("left", "right", 20)
    return _reverse(moved), _reverse(moved)


def _conversions(desk: LedgerDesk) -> Pair:
    """Of one quote, from two wallets of its owner to two others."""
    quote_id = ids.new("quo")
    desk.sql(QUOTE, id=quote_id)
    first, second = (
        Convert(**common(), quote_id=quote_id, source=Wallet(desk.names[source]), target=Wallet(_dollars(desk)))
        for source in ("anna", "ben")
    )
    return first, second


def _dollars(desk: LedgerDesk) -> str:
    wallet = ids.new("wal")
    desk.sql("SELECT ledger.open_wallet(:id, 'usr_crowd', 'USD')", id=wallet)
    return wallet


def _spendings(desk: LedgerDesk) -> Pair:
    """From two wallets of one owner, whose day allows one of them, to two others."""
    desk.sql(LIMIT)
    post_now(replace(move(desk.names["anna"], desk.names["ben"], 1), limit_role="user"))  # who never spent has no row
    one_owner = (
        "UPDATE ledger.account b SET owner_id = a.owner_id FROM ledger.account a WHERE (a.id, b.id) = (:anna, :ben)"
    )
    desk.sql(one_owner, anna=desk.names["anna"], ben=desk.names["ben"])
    first, second = (
        replace(move(desk.names[payer], desk.names[payee], 60), limit_role="user")
        for payer, payee in (("anna", "cleo"), ("ben", "dora"))
    )
    return first, second


PAIRS: dict[str, tuple[Callable[[LedgerDesk], Pair], str]] = {
    "capture, capture": (lambda desk: (_capture(desk), _capture(desk)), "hold_ended"),
    "capture, void": (lambda desk: (_capture(desk), _void(desk)), "hold_ended"),
    "void, capture": (lambda desk: (_void(desk), _capture(desk)), "hold_ended"),
    "void, void": (lambda desk: (_void(desk), _void(desk)), "hold_ended"),
    "reversal, reversal": (_reversals, "already_reversed"),
    "conversion, conversion": (_conversions, "quote_used"),
    "spending, spending": (_spendings, "limit_exceeded"),
}

# The words that make the second wait, by their file: its stripe's lock and its hold's are two. Two captures have a third
# in their target, two conversions in our fx account, two spendings in the INSERT of a row that may be there already.
LOCKS = {
    "capture, void": {"take_stripe": "FOR NO KEY UPDATE OF b", "void": "FOR NO KEY UPDATE"},
    "void, capture": {"take_stripe": "FOR NO KEY UPDATE OF b", "capture": "FOR NO KEY UPDATE"},
    "void, void": {"take_stripe": "FOR NO KEY UPDATE OF b", "void": "FOR NO KEY UPDATE"},
    "reversal, reversal": {"lock_reversible": "FOR NO KEY UPDATE"},
}


class TestSecond:
    @pytest.mark.parametrize("pair", PAIRS)
    def test_is_refused(self, ledger_desk: LedgerDesk, pair: str) -> None:
        make, code = PAIRS[pair]
        assert end_of_second(ledger_desk, *make(ledger_desk)) == code

    @pytest.mark.parametrize("pair", LOCKS)
    def test_is_not_refused_without_the_lock(self, ledger_desk: LedgerDesk, pair: str) -> None:
        """A trigger or a CHECK may stop it even then: that is no refusal."""
        for name, words in LOCKS[pair].items():
            original = (SQL / f"{name}.sql").read_text(encoding="utf-8")
            assert original.count(words) == 1
            ledger_desk.sql(original.replace(words, ""))
        make, code = PAIRS[pair]
        # two reversals may find the same stripe by chance, and then it is that one's lock that they meet
        assert any(end_of_second(ledger_desk, *make(ledger_desk)) != code for _ in range(20))

    @pytest.mark.parametrize("make", [_capture, _void])
    def test_is_refused_after_an_expiry(
        self, ledger_desk: LedgerDesk, make: Callable[[LedgerDesk], AnyCommand]
    ) -> None:
        hold_id = ledger_desk.names["hold"]
        ledger_desk.end_hold(hold_id)
        with somebody(ledger_desk) as other:
            assert other.run("SELECT ledger.end_overdue_hold(:id)", id=hold_id) == [[True]]
            outcome = commit_under(ledger_desk, other, lambda: post_now(make(ledger_desk)))
        assert outcome.refusal is not None
        assert (outcome.refusal.code, outcome.refusal.facts()) == ("hold_ended", {"state": "expired"})

    def test_gets_the_first_one_s_answer_under_its_key(self, ledger_desk: LedgerDesk) -> None:
        first, second = (move(ledger_desk.names["anna"], ledger_desk.names["ben"], 5, "one") for _ in range(2))
        with somebody(ledger_desk) as other:
            post_as(other, first)
            outcome = commit_under(ledger_desk, other, lambda: post_now(second))
        assert (outcome.replayed, outcome.completed().id) == (True, first.transaction_id)
