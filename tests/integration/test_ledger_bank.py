"""The bank: sixteen writers at random among few wallets, eight readers; the total never changes, nothing is negative."""

import json
import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from local.configuration import Configuration
from paycore.database import SNAPSHOT, transaction
from paycore.ledger.commands import Move, Share, Wallet
from paycore.ledger.compound import Bulk
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.post import AnyCommand
from paycore.money import Money
from tests.integration.ledger_crowd import Crowd, ask, at_once, at_the_pooler, common, hold, move

WRITERS, READERS = 16, 8
SECONDS = 12.0
FUNDS = 1_000
_PART = 400  # about what a wallet has, so that funds run out again and again

# One snapshot: what the wallets have in each currency, whether any balance row is below its floor or holds what no open
# hold says, and how many currencies do not sum to nothing over all accounts of the ledger.
_LOOK = text(
    """
    SELECT sum(b.posted_minor) FILTER (WHERE a.currency = 'EUR')::bigint AS euros,
           sum(b.posted_minor) FILTER (WHERE a.currency = 'USD')::bigint AS dollars,
           count(*) FILTER (WHERE b.posted_minor - b.held_minor < b.floor_minor) AS below,
           count(*) FILTER (WHERE b.held_minor <> coalesce((
               SELECT sum(h.remaining_minor) FROM ledger.hold h
                WHERE h.source_account_id = b.account_id AND h.source_stripe = b.stripe AND h.state = 'open'), 0)) AS odd,
           (SELECT count(*) FROM (
               SELECT FROM ledger.balance o JOIN ledger.account c ON c.id = o.account_id
                GROUP BY c.currency HAVING sum(o.posted_minor) <> 0) u) AS unbalanced
      FROM ledger.balance b JOIN ledger.account a ON a.id = b.account_id WHERE b.account_id = ANY(:wallets)
    """
)
_BACKWARDS = """
    SELECT count(*) FROM (
        SELECT id < lag(id) OVER (PARTITION BY partition_key ORDER BY (leg ->> 'stripe_version')::bigint) AS back
          FROM outbox.event v, LATERAL jsonb_array_elements(v.data -> 'legs') leg
         WHERE v.partition_key = ANY(:wallets) AND v.type = 'transaction.completed'
           AND leg ->> 'account_id' = v.partition_key) o WHERE back
"""


@pytest.fixture(scope="module")
def crowd(platform: Configuration) -> Iterator[Crowd]:
    with at_the_pooler(platform):
        made = Crowd(platform)
        yield made
        made.close()


class Writer:
    """Somebody who moves money about, and ends what was held."""

    def __init__(self, number: int, wallets: dict[str, list[str]]) -> None:
        self.random = random.Random(number)
        self.wallets = wallets
        self.holds: list[str] = []
        self.moved: list[str] = []

    def work(self, until: float) -> dict[str, int]:
        """How often each outcome was met."""
        met: dict[str, int] = {}
        while time.monotonic() < until:
            command = self._next()
            outcome = ask(command)
            name = outcome.refusal.code if outcome.refusal else type(command).__name__
            met[name] = met.get(name, 0) + 1
            if outcome.transaction is not None and outcome.transaction.kind in ("hold", "transfer"):
                kept = self.holds if outcome.transaction.kind == "hold" else self.moved
                kept.append(outcome.transaction.id)
        return met

    def _next(self) -> AnyCommand:
        currency = self.random.choice(["EUR", "EUR", "EUR", "USD"])
        payer, payee, other = self.random.sample(self.wallets[currency], 3)
        amount = self.random.randint(2, _PART)
        lot = self.random.random()
        if currency == "USD":
            return move(payer, payee, amount, currency=currency)
        if self.holds and lot < 0.3:
            original = self.holds.pop(self.random.randrange(len(self.holds)))
            if lot < 0.1:
                return Void(**common(), original_id=original, allowed=None)
            return Capture(**common(), original_id=original, allowed=None, amount=1 if lot < 0.2 else None)
        if lot < 0.5:
            return hold(payer, payee, amount)
        if lot < 0.65:
            shares = (Share(Wallet(payee), 1), Share(Wallet(other), amount - 1))
            return Move(**common(), kind="transfer", money=Money(amount, "EUR"), source=Wallet(payer), shares=shares)
        if self.moved and lot < 0.75:
            return Reverse(**common(), original_id=self.moved.pop(), allowed=None, reason="bank")
        if lot < 0.8:
            return Bulk(**common(), mode="atomic", items=(move(payer, payee, amount), move(payee, other, amount)))
        return move(payer, payee, amount)


def _look(wallets: list[str], until: float) -> list[tuple[int, ...]]:
    """What each snapshot showed."""
    seen: list[tuple[int, ...]] = []
    while time.monotonic() < until:
        with transaction(SNAPSHOT) as connection:
            row = connection.execute(_LOOK, {"wallets": wallets}).one()
        seen.append((int(row.euros), int(row.dollars), int(row.below), int(row.odd), int(row.unbalanced)))
    return seen


class TestBank:
    def test_keeps_every_minor_unit_while_all_move_and_look(self, crowd: Crowd) -> None:
        plain = [crowd.wallet(FUNDS) for _ in range(4)]
        wide = crowd.wallet(FUNDS)
        change = json.dumps({"action": "stripe", "wallet_id": wide, "stripes": 4})
        crowd.sql("SELECT ledger.change_wallet(CAST(:change AS jsonb))", change=change)
        wallets = {"EUR": [*plain, wide], "USD": [crowd.wallet(FUNDS, currency="USD") for _ in range(3)]}

        def work(number: int) -> Any:
            until = time.monotonic() + SECONDS
            if number < WRITERS:
                return Writer(number, wallets).work(until)
            return _look([*wallets["EUR"], *wallets["USD"]], until)

        answers = at_once(WRITERS + READERS, work)
        seen = {row for rows in answers[WRITERS:] for row in rows}
        assert seen == {(FUNDS * 5, FUNDS * 3, 0, 0, 0)}
        met = {name for counts in answers[:WRITERS] for name in counts}
        assert met >= {"Move", "Hold", "Capture", "Void", "Reverse", "Bulk", "insufficient_funds", "bulk_refused"}
        assert crowd.sql(_BACKWARDS, wallets=plain) == [[0]]
        crowd.expect_order()
