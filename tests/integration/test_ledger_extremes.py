"""The largest balance that the ledger keeps, to the minor unit; planted by the tables' owner, since nobody gets there."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from paycore import ids
from paycore.ledger.commands import Convert, Move, Wallet
from paycore.ledger.compound import Close
from paycore.ledger.continuations import Capture
from paycore.ledger.post import AnyCommand
from tests.integration.ledger_crowd import common, move
from tests.integration.ledger_desk import LedgerDesk

BALANCE_MAX = 9 * 10**18
STRIPE_MAX = BALANCE_MAX // 64
MOVEMENT_MAX = 10**15
COUNT_MAX = 2**63 - 1
RATE = (
    "INSERT INTO ledger.exchange_rate (id, source_currency, target_currency, rate, loaded_by) "
    "VALUES ('rate_1', 'EUR', 'USD', 1, 'usr_1') ON CONFLICT DO NOTHING"
)
QUOTE = (
    "INSERT INTO ledger.quote (id, owner_id, rate_id, rate, source_currency, target_currency, source_amount_minor, "
    "target_amount_minor, truncated_minor, residue, expires_at) "
    "VALUES (:id, 'usr_crowd', 'rate_1', 1, 'EUR', 'USD', :amount, :amount, :amount, 0, now() + interval '1 h')"
)


def _plant(desk: LedgerDesk, name: str, minor: int) -> None:
    desk.sql("UPDATE ledger.balance SET posted_minor = :n WHERE account_id = :id", n=minor, id=desk.names[name])


def _plant_stripes(desk: LedgerDesk, minors: list[int]) -> None:
    for stripe, minor in enumerate(minors):
        plant = "UPDATE ledger.balance SET posted_minor = :n WHERE account_id = :id AND stripe = :stripe"
        desk.sql(plant, n=minor, id=desk.names["wide"], stripe=stripe)


def _stripes(desk: LedgerDesk) -> list[int]:
    of_wide = "SELECT posted_minor FROM ledger.balance WHERE account_id = :id ORDER BY stripe"
    return [minor for [minor] in desk.sql(of_wide, id=desk.names["wide"])]


def _gathered(desk: LedgerDesk) -> list[int]:
    of_wide = "SELECT amount_minor FROM ledger.entry WHERE account_id = :id AND gathers ORDER BY amount_minor"
    return [minor for [minor] in desk.sql(of_wide, id=desk.names["wide"])]


def _open(desk: LedgerDesk, name: str, currency: str, owner: str) -> None:
    desk.names[name] = ids.new("wal")
    desk.sql("SELECT ledger.open_wallet(:id, :owner, :currency)", id=desk.names[name], owner=owner, currency=currency)


def _transfer(desk: LedgerDesk, payee: str, amount: int) -> Move:
    return move(desk.names["anna"], desk.names[payee], amount)


def _capture(desk: LedgerDesk, payee: str, amount: int) -> AnyCommand:
    hold_id = desk.hold("anna", payee, amount)
    return Capture(**common(), original_id=hold_id, allowed=None)


def _conversion(desk: LedgerDesk, payee: str, amount: int) -> AnyCommand:
    desk.sql(RATE)
    quote_id = ids.new("quo")
    desk.sql(QUOTE, id=quote_id, amount=amount)
    return Convert(**common(), quote_id=quote_id, source=Wallet(desk.names["anna"]), target=Wallet(desk.names[payee]))


def _sweep(desk: LedgerDesk, heir: str, amount: int) -> AnyCommand:
    _open(desk, "left", "EUR", "usr_full")
    _plant(desk, "left", amount)
    return Close(**common(), wallet=Wallet(desk.names["left"]), sweep_to=desk.names[heir])


def _end(desk: LedgerDesk, command: AnyCommand) -> str:
    refusal = desk.ask(command).refusal
    return refusal.code if refusal else "done"


class TestBalance:
    @pytest.mark.parametrize(
        ("make", "currency"),
        [(_transfer, "EUR"), (_capture, "EUR"), (_conversion, "USD"), (_sweep, "EUR")],
        ids=["transfer", "capture", "conversion", "sweep"],
    )
    def test_is_nine_quintillion_at_most(
        self, ledger_desk: LedgerDesk, make: Callable[[LedgerDesk, str, int], AnyCommand], currency: str
    ) -> None:
        _open(ledger_desk, "full", currency, "usr_full")
        _plant(ledger_desk, "full", BALANCE_MAX - 9)
        assert _end(ledger_desk, make(ledger_desk, "full", 10)) == "balance_out_of_range"
        assert _end(ledger_desk, make(ledger_desk, "full", 9)) == "done"
        wallet = ledger_desk.names["full"]
        assert ledger_desk.sql("SELECT posted_minor FROM ledger.balance WHERE account_id = :id", id=wallet) == [
            [BALANCE_MAX]
        ]


class TestStripedWallet:
    """Each stripe ends at a 64th, so that the sum over all stripes is a bigint, too."""

    def test_has_no_stripe_beyond_its_part(self, ledger_desk: LedgerDesk) -> None:
        _open(ledger_desk, "wide", "EUR", "usr_rich")
        ledger_desk.change("wide", "stripe", stripes=64)
        _plant_stripes(ledger_desk, [STRIPE_MAX - 9] * 64)
        assert _end(ledger_desk, _transfer(ledger_desk, "wide", 10)) == "balance_out_of_range"
        assert _end(ledger_desk, _transfer(ledger_desk, "wide", 9)) == "done"
        assert sum(_stripes(ledger_desk)) == 64 * (STRIPE_MAX - 9) + 9

    def test_can_still_be_frozen_and_read_when_all_are_full(self, ledger_desk: LedgerDesk) -> None:
        _open(ledger_desk, "wide", "EUR", "usr_rich")
        ledger_desk.change("wide", "stripe", stripes=64)
        _plant_stripes(ledger_desk, [STRIPE_MAX] * 64)
        ledger_desk.change("wide", "freeze", direction="both")
        assert _end(ledger_desk, move(ledger_desk.names["wide"], ledger_desk.names["ben"], 1)) == "wallet_frozen"
        of_wide = "SELECT sum(posted_minor)::bigint, min(state) FROM ledger.balance WHERE account_id = :id"
        assert ledger_desk.sql(of_wide, id=ledger_desk.names["wide"]) == [[64 * STRIPE_MAX, "frozen"]]

    def test_was_no_richer_than_a_stripe_may_be(self, ledger_desk: LedgerDesk) -> None:
        _open(ledger_desk, "rich", "EUR", "usr_rich")
        change = {"action": "stripe", "wallet_id": ledger_desk.names["rich"], "stripes": 2}
        ask = "SELECT ledger.change_wallet(CAST(:change AS jsonb))"
        _plant(ledger_desk, "rich", STRIPE_MAX + 1)
        assert ledger_desk.sql(ask, change=json.dumps(change)) == [[{"code": "balance_out_of_range"}]]
        _plant(ledger_desk, "rich", STRIPE_MAX)
        assert ledger_desk.sql(ask, change=json.dumps(change)) == [[None]]


class TestGathering:
    """One entry tells of 10^15 minor units at most, and the other stripes may have more than that together."""

    @pytest.fixture
    def wide(self, ledger_desk: LedgerDesk) -> str:
        """A wallet of three stripes; what it has is planted by each test."""
        for name in ("wide", "heir"):
            _open(ledger_desk, name, "EUR", "usr_rich")
        ledger_desk.change("wide", "stripe", stripes=3)
        return ledger_desk.names["wide"]

    def test_brings_as_much_as_the_largest_movement_needs(self, ledger_desk: LedgerDesk, wide: str) -> None:
        _plant_stripes(ledger_desk, [0, MOVEMENT_MAX - 1, MOVEMENT_MAX - 1])
        assert _end(ledger_desk, move(wide, ledger_desk.names["heir"], MOVEMENT_MAX)) == "done"
        assert _stripes(ledger_desk) == [0, 0, MOVEMENT_MAX - 2]
        assert _gathered(ledger_desk) == [1 - MOVEMENT_MAX, -1, MOVEMENT_MAX]

    def test_brings_as_much_as_the_largest_credit_limit_needs(self, ledger_desk: LedgerDesk, wide: str) -> None:
        ledger_desk.change("wide", "limit", credit_limit=MOVEMENT_MAX)
        _plant_stripes(ledger_desk, [-MOVEMENT_MAX, MOVEMENT_MAX, MOVEMENT_MAX])
        ledger_desk.change("wide", "limit", credit_limit=0)
        assert _stripes(ledger_desk) == [0, 0, MOVEMENT_MAX]
        of_wide = "SELECT kind, amount_minor FROM ledger.transaction WHERE source_account_id = :id"
        assert ledger_desk.sql(of_wide, id=wide) == [["gathering", MOVEMENT_MAX]]

    def test_brings_as_much_as_the_largest_sweep_needs(self, ledger_desk: LedgerDesk, wide: str) -> None:
        ledger_desk.change("wide", "limit", credit_limit=MOVEMENT_MAX)
        _plant_stripes(ledger_desk, [-MOVEMENT_MAX, MOVEMENT_MAX, MOVEMENT_MAX])
        assert _end(ledger_desk, Close(**common(), wallet=Wallet(wide), sweep_to=ledger_desk.names["heir"])) == "done"
        assert sum(_stripes(ledger_desk)) == 0


class TestCounter:
    """What somebody has spent goes back and forth, so its sum has no bound."""

    def test_stays_at_the_largest_number_above_every_limit(self, ledger_desk: LedgerDesk) -> None:
        spending = replace(_transfer(ledger_desk, "ben", 5), limit_role="user")
        ledger_desk.sql("INSERT INTO ledger.spending_limit (role, currency, count_per_hour) VALUES ('user', 'EUR', 9)")
        assert _end(ledger_desk, replace(spending, **common())) == "done"
        ledger_desk.sql("UPDATE ledger.spending SET day_minor = :n, month_minor = :n", n=COUNT_MAX - 8)
        assert [_end(ledger_desk, replace(spending, **common())) for _ in range(3)] == ["done"] * 3
        assert ledger_desk.sql("SELECT day_minor, month_minor FROM ledger.spending") == [[COUNT_MAX, COUNT_MAX]]
        for limit in ("per_month_minor = :n, per_day_minor = NULL", "per_month_minor = NULL, per_day_minor = :n"):
            ledger_desk.sql(f"UPDATE ledger.spending_limit SET {limit}", n=COUNT_MAX)  # noqa: S608  # our own names
            assert _end(ledger_desk, replace(spending, **common())) == "limit_exceeded"


class TestSweep:
    def test_is_a_movement_and_moves_no_more_than_one(self, ledger_desk: LedgerDesk) -> None:
        for name in ("old", "heir"):
            _open(ledger_desk, name, "EUR", "usr_rich")
        _plant(ledger_desk, "old", MOVEMENT_MAX + 1)
        old, heir = Wallet(ledger_desk.names["old"]), ledger_desk.names["heir"]
        assert _end(ledger_desk, Close(**common(), wallet=old, sweep_to=heir)) == "balance_out_of_range"
        _plant(ledger_desk, "old", MOVEMENT_MAX)
        assert _end(ledger_desk, Close(**common(), wallet=old, sweep_to=heir)) == "done"
