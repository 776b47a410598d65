"""Each kind of movement among three wallets, with an effect that can be told from their balances."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from paycore import ids
from paycore.ledger.commands import Convert, Hold, Move, Share, System, Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.post import AnyCommand
from paycore.money import Money
from tests.integration.ledger_crowd import Crowd, ask, common, move

# What the posted money of the payer, the payee and the other one, and what is held of the payer's, change by.
EFFECTS = {
    "transfer": (-2, 2, 0, 0),
    "split": (-2, 1, 1, 0),
    "funds": (2, 0, 0, 0),
    "bulk": (-2, 2, 0, 0),
    "independent bulk": (-2, 2, 0, 0),
    "hold": (0, 0, 0, 2),
    "capture": (-2, 2, 0, -2),
    "part": (-1, 1, 0, -1),
    "void": (0, 0, 0, -2),
    "reverse": (2, -2, 0, 0),
    "convert": (-2, 0, 0, 0),
    "sweep": (2, 0, 0, 0),
}
KINDS = tuple(EFFECTS)
DOLLARS = 2  # a conversion's: 2 times the rate is 2.5, half-even
# An old rate, so that nobody else is quoted at it.
_RATE = """
INSERT INTO ledger.exchange_rate (id, source_currency, target_currency, rate, loaded_by, loaded_at)
VALUES (:id, 'EUR', 'USD', 1.25, 'usr_crowd', '2026-01-01')
"""
_QUOTE = """
INSERT INTO ledger.quote (id, owner_id, rate_id, rate, source_currency, target_currency, source_amount_minor,
                          target_amount_minor, truncated_minor, residue, expires_at)
VALUES (:id, 'usr_crowd', :rate_id, 1.25, 'EUR', 'USD', 2, 2, 2, 0.5, now() + interval '1 h')
"""


@dataclass(frozen=True)
class Movement:
    """What a key stands for; `original` is the hold, transfer, quote or wallet that it goes on from."""

    name: str
    kind: str
    original: str | None = None


class Trade:
    """Three wallets and one in dollars, and what moves from the payer to the others."""

    def __init__(self, crowd: Crowd, funds: int) -> None:
        self._crowd = crowd
        self._funds = funds
        self.payer, self.payee, self.other = crowd.wallet(funds), crowd.wallet(), crowd.wallet()
        self.dollars = crowd.wallet(currency="USD")
        self._rate_id = ids.new("rate")
        crowd.sql(_RATE, id=self._rate_id)
        self._before: Counter[str] = Counter()  # what was prepared

    def prepare(self, names: Iterable[str]) -> list[Movement]:
        """A kind for each name, in turn, with the hold, the transfer, the quote or the wallet that it needs."""
        return [self._prepared(name, KINDS[place % len(KINDS)]) for place, name in enumerate(names)]

    def _prepared(self, name: str, kind: str) -> Movement:
        if kind == "convert":
            return Movement(name, kind, self._quote())
        if kind == "sweep":
            return Movement(name, kind, self._crowd.wallet(2))
        if kind not in ("capture", "part", "void", "reverse"):
            return Movement(name, kind)
        first = "transfer" if kind == "reverse" else "hold"
        self._before[first] += 1
        made = ask(self.command(Movement(name + first, first)))
        return Movement(name, kind, made.completed().id)

    def _quote(self) -> str:
        quote_id = ids.new("quo")
        self._crowd.sql(_QUOTE, id=quote_id, rate_id=self._rate_id)
        return quote_id

    def command(self, movement: Movement) -> AnyCommand:
        """The same under the same name, except for the transaction's id."""
        name = movement.name
        if movement.original is not None:
            return self._going_on(name, movement.kind, movement.original)
        match movement.kind:
            case "split":
                shares, source = (Share(Wallet(self.payee), 1), Share(Wallet(self.other), 1)), Wallet(self.payer)
                return Move(**common(name), kind="transfer", money=Money(2, "EUR"), source=source, shares=shares)
            case "funds":
                bank, payer = System("clearing_bank"), Wallet(self.payer)
                return Move(**common(name), kind="funds_added", money=Money(2, "EUR"), source=bank, target=payer)
            case "bulk" | "independent bulk":
                items = tuple(move(self.payer, self.payee, 1, f"{name}{place}") for place in range(2))
                mode: Literal["atomic", "independent"] = "atomic" if movement.kind == "bulk" else "independent"
                return Bulk(**common(name), mode=mode, items=items)
            case "hold":
                money, target = Money(2, "EUR"), Wallet(self.payee)
                return Hold(**common(name), money=money, source=Wallet(self.payer), target=target)
        return move(self.payer, self.payee, 2, name)

    def _going_on(self, name: str, kind: str, original: str) -> AnyCommand:
        match kind:
            case "convert":
                dollars = Wallet(self.dollars)
                return Convert(**common(name), quote_id=original, source=Wallet(self.payer), target=dollars)
            case "sweep":
                return Close(**common(name), wallet=Wallet(original), sweep_to=self.payer)
            case "capture":
                return Capture(**common(name), original_id=original, allowed=None)
            case "part":
                return Capture(**common(name), original_id=original, allowed=None, amount=1, final=False)
            case "void":
                return Void(**common(name), original_id=original, allowed=None)
        return Reverse(**common(name), original_id=original, allowed=None, reason="kill")

    def lock_payer(self) -> None:
        """Takes the payer's row, on a connection that only this process has, for as long as it lives."""
        self._crowd.reconnect()
        self._crowd.sql("BEGIN")
        self._crowd.sql("SELECT FROM ledger.balance WHERE account_id = :id FOR UPDATE", id=self.payer)

    def keeps_waiting(self, backend: int) -> bool:
        """Whether that session of PostgreSQL waits for the locked row."""
        return bool(self._crowd.sql("SELECT FROM pg_locks WHERE pid = :pid AND NOT granted", pid=backend))

    def expect_one_effect_each(self, movements: list[Movement]) -> int:
        """Asks again under every key; returns how many had their effect before."""
        outcomes = [ask(self.command(movement)) for movement in movements]
        made = [part.completed().id for outcome in outcomes for part in outcome.bulk or (outcome,)]
        assert len(set(made)) == len(made)
        done = self._before + Counter(movement.kind for movement in movements)
        wanted = [sum(count * EFFECTS[kind][place] for kind, count in done.items()) for place in range(4)]
        assert self._crowd.balance(self.payer) == (self._funds + wanted[0], wanted[3])
        assert [self._crowd.balance(wallet) for wallet in (self.payee, self.other)] == [(wanted[1], 0), (wanted[2], 0)]
        assert self._crowd.balance(self.dollars) == (done["convert"] * DOLLARS, 0)
        self._crowd.expect_order()
        return sum(outcome.replayed for outcome in outcomes)
