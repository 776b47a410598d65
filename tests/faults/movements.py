"""Each kind of movement among three wallets, with an effect that can be told from their balances."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from paycore.ledger.commands import Hold, Move, Share, Wallet
from paycore.ledger.compound import Bulk
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.post import AnyCommand
from paycore.money import Money
from tests.integration.ledger_crowd import Crowd, ask, common, move

# What the posted money of the payer, the payee and the other one, and what is held of the payer's, change by.
EFFECTS = {
    "transfer": (-2, 2, 0, 0),
    "split": (-2, 1, 1, 0),
    "bulk": (-2, 2, 0, 0),
    "hold": (0, 0, 0, 2),
    "capture": (-2, 2, 0, -2),
    "part": (-1, 1, 0, -1),
    "void": (0, 0, 0, -2),
    "reverse": (2, -2, 0, 0),
}
KINDS = tuple(EFFECTS)


@dataclass(frozen=True)
class Movement:
    """What a key stands for; `original` is the hold or transfer that it goes on from."""

    name: str
    kind: str
    original: str | None = None


class Trade:
    """Three wallets, and what moves from the payer to the others."""

    def __init__(self, crowd: Crowd, funds: int) -> None:
        self._crowd = crowd
        self._funds = funds
        self.payer, self.payee, self.other = crowd.wallet(funds), crowd.wallet(), crowd.wallet()
        self._before: Counter[str] = Counter()  # what was prepared

    def prepare(self, names: Iterable[str]) -> list[Movement]:
        """A kind for each name, in turn, with the hold or the transfer that it needs."""
        return [self._prepared(name, KINDS[place % len(KINDS)]) for place, name in enumerate(names)]

    def _prepared(self, name: str, kind: str) -> Movement:
        if kind not in ("capture", "part", "void", "reverse"):
            return Movement(name, kind)
        first = "transfer" if kind == "reverse" else "hold"
        self._before[first] += 1
        made = ask(self.command(Movement(name + first, first)))
        return Movement(name, kind, made.completed().id)

    def command(self, movement: Movement) -> AnyCommand:
        """The same under the same name, except for the transaction's id."""
        name, original = movement.name, movement.original or ""
        match movement.kind:
            case "split":
                shares, source = (Share(Wallet(self.payee), 1), Share(Wallet(self.other), 1)), Wallet(self.payer)
                return Move(**common(name), kind="transfer", money=Money(2, "EUR"), source=source, shares=shares)
            case "bulk":
                items = tuple(move(self.payer, self.payee, 1, f"{name}{place}") for place in range(2))
                return Bulk(**common(name), mode="atomic", items=items)
            case "hold":
                money, target = Money(2, "EUR"), Wallet(self.payee)
                return Hold(**common(name), money=money, source=Wallet(self.payer), target=target)
            case "capture":
                return Capture(**common(name), original_id=original, allowed=None)
            case "part":
                return Capture(**common(name), original_id=original, allowed=None, amount=1, final=False)
            case "void":
                return Void(**common(name), original_id=original, allowed=None)
            case "reverse":
                return Reverse(**common(name), original_id=original, allowed=None, reason="kill")
        return move(self.payer, self.payee, 2, name)

    def expect_one_effect_each(self, movements: list[Movement]) -> int:
        """Asks again under every key; returns how many had their effect before."""
        outcomes = [ask(self.command(movement)) for movement in movements]
        made = [part.completed().id for outcome in outcomes for part in outcome.bulk or (outcome,)]
        assert len(set(made)) == len(made)
        done = self._before + Counter(movement.kind for movement in movements)
        wanted = [sum(count * EFFECTS[kind][place] for kind, count in done.items()) for place in range(4)]
        assert self._crowd.balance(self.payer) == (self._funds + wanted[0], wanted[3])
        assert [self._crowd.balance(wallet) for wallet in (self.payee, self.other)] == [(wanted[1], 0), (wanted[2], 0)]
        self._crowd.expect_order()
        return sum(outcome.replayed for outcome in outcomes)
