"""What Hypothesis draws for one step: small worlds, so that keys, ids and wallets meet again and again."""

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from paycore import ids
from paycore.ledger.commands import Hold, LimitRole, Move, Share, System, Wallet
from paycore.ledger.conditions import BalanceCondition
from paycore.ledger.continuations import Allowed
from paycore.money import Money
from tests.model.scene import WALLETS, Scene

AMOUNTS = st.sampled_from([*range(1, 131), *([1, 399, 401, 1_000, 10**15] * 13)])
CONVERTED = st.one_of(st.integers(1, 60), st.integers(180, 420), AMOUNTS)  # of few rounding is too much
PARTS = st.one_of(st.none(), st.integers(1, 130))
NAMES = st.sampled_from(["ann", "ben", "ben_wide", "ann_more", "cat"] * 7 + ["ben_rich"] * 4 + [*WALLETS, "absent"])
OWN = st.sampled_from([*WALLETS])
PERSONS = st.sampled_from(["ann", "ben"] * 4 + ["cat"])  # who has wallets in several currencies, mostly
PERIODS = st.sampled_from(["hour", "hour", "day", "month"])
HEIRS = st.sampled_from(["another"] * 8 + [None, "cat", "ann_usd", "absent"])
CURRENCIES = st.sampled_from(["EUR"] * 18 + ["USD", "JPY"])
EARLIER = st.integers(0, 7)  # the last but so many
HOLDS = st.tuples(EARLIER, st.sampled_from([True] * 8 + [False, None]))  # mostly one that is still open; or no hold

_REVERSIBLE = ("transfer", "capture", "funds_added", "funds_deducted", "conversion")
REVERSIBLE = st.sampled_from([_REVERSIBLE, _REVERSIBLE, ("conversion",)])  # there are few conversions


@dataclass(frozen=True)
class Manner:
    """How somebody asks: what all spending commands have in common."""

    foreign: bool
    key: int | None
    fingerprint: str
    dry_run: bool
    external_id: str | None
    version_off_by: int | None
    role: LimitRole | None
    unconfirmed: bool = False
    unverified: bool = False
    conditions: tuple[BalanceCondition, ...] = ()


PLAIN = Manner(False, None, "same", False, None, None, None)


def seldom(usual: Any, *unusual: Any) -> st.SearchStrategy[Any]:
    """Mostly the usual; Hypothesis simplifies to it."""
    return st.sampled_from([usual] * 14 + list(unusual))


_CONDITION = st.builds(
    BalanceCondition,
    kind=st.sampled_from(["available", "posted"]),
    op=st.sampled_from(["at_least"] * 3 + ["at_most"]),
    value=st.one_of(st.integers(-60, 60), st.sampled_from([0, 200, 300, 10**15])),
)
MANNERS = st.builds(
    Manner,
    foreign=seldom(False, True),
    key=seldom(None, 1, 2, 3),
    fingerprint=seldom("same", "other"),
    dry_run=seldom(False, True),
    external_id=seldom(None, "a", "b", "c"),
    version_off_by=seldom(None, 0, 0, 1),
    role=st.sampled_from([None, None, "user", "merchant"]),
    unconfirmed=seldom(False, True, True),
    unverified=st.booleans(),
    conditions=st.one_of(st.just(()), st.just(()), st.lists(_CONDITION, min_size=1, max_size=2).map(tuple)),
)
ALLOWED = st.sampled_from(["admin", "admin", "target", "source", "sender of nobody", "stranger"])
ACTIONS = st.sampled_from(
    [{"action": "unfreeze"}] * 5
    + [{"action": "reopen"}] * 4
    + [{"action": "freeze", "direction": direction} for direction in ("debit", "credit", "both")]
    + [{"action": "limit", "credit_limit": limit} for limit in (0, 50, 200)]
    + [{"action": "stripe", "stripes": stripes} for stripes in (2, 5)]
    + [{"action": "touch"}]
)


class Drawn:
    """Commands made of what was drawn, for one scene."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def common(self, person: str, manner: Manner) -> dict[str, Any]:
        """What all commands share."""
        return {
            "transaction_id": ids.new("tx"),
            "actor_id": self.scene.people[person],
            "key": self.scene.key(person, manner.key, manner.fingerprint),
            "dry_run": manner.dry_run,
            "unconfirmed": manner.unconfirmed,
        }

    def spending(self, source: str, manner: Manner) -> dict[str, Any]:
        """Of the owner of the source, or of somebody who is not."""
        owner = WALLETS.get(source, ("ann", ""))[0]
        person = "cat" if manner.foreign else owner
        account = self.scene.oracle.book.accounts.get(self.scene.wallets[source])
        version = account.version if account else 1
        return {
            **self.common(person, manner),
            "expected_version": None if manner.version_off_by is None else version + manner.version_off_by,
            "limit_role": manner.role if self.scene.in_hour() else None,
            "unverified": manner.unverified,
            "conditions": manner.conditions,
        }

    def move(self, source: str, targets: list[tuple[str, int]], currency: str, manner: Manner) -> Move:
        """A transfer to one or to several."""
        spending = self.spending(source, manner)
        shares = tuple(Share(Wallet(self.scene.wallets[name]), amount) for name, amount in targets)
        return Move(
            **spending,
            kind="transfer",
            money=Money(sum(amount for _, amount in targets), currency),
            source=Wallet(self.scene.wallets[source], owned_by=spending["actor_id"]),
            target=shares[0].target if len(shares) == 1 else None,
            shares=shares if len(shares) > 1 else (),
            description="drawn",
            external_id=manner.external_id,
            metadata={"a": "b"},
        )

    def item(self, source: str, payee: str, amount: int, manner: Manner) -> Move:
        """Of a bulk. Of a striped wallet it expects no version: how far an earlier item raised it, the oracle cannot know."""
        account = self.scene.oracle.book.accounts.get(self.scene.wallets[source])
        if account is not None and account.stripes > 1:
            manner = replace(manner, version_off_by=None)
        return self.move(source, [(payee, amount)], "EUR", replace(manner, dry_run=False))

    def hold(self, source: str, payee: str | None, amount: int, currency: str, manner: Manner) -> Hold:
        """For a wallet, or for nobody yet."""
        spending = self.spending(source, manner)
        return Hold(
            **spending,
            money=Money(amount, currency),
            source=Wallet(self.scene.wallets[source], owned_by=spending["actor_id"]),
            target=Wallet(self.scene.wallets[payee]) if payee else None,
            external_id=manner.external_id,
            description="held",
        )

    def funds(self, name: str, amount: int, currency: str, manner: Manner, *, added: bool) -> Move:
        """Of an admin, from or to the bank."""
        bank, wallet = System("clearing_bank"), Wallet(self.scene.wallets[name])
        return Move(
            **self.common("cat", manner),
            kind="funds_added" if added else "funds_deducted",
            money=Money(amount, currency),
            source=bank if added else wallet,
            target=wallet if added else bank,
            external_id=manner.external_id,
            reason="drawn",
        )

    def earlier(self, kinds: tuple[str, ...], back: int) -> str:
        """The id of an earlier transaction, of one of these kinds where there is any."""
        records = self.scene.oracle.book.records
        wanted = [name for name, record in records.items() if record.kind in kinds] or list(records)
        return wanted[-1 - back % len(wanted)] if wanted else ids.new("tx")

    def held(self, back: int, still_open: bool | None) -> str:
        """The id of an earlier hold: of one that is open, if that is wanted and there is any. Null: of anything."""
        if still_open is None:
            return self.earlier((), back)
        holds = [name for name, held in self.scene.oracle.book.holds.items() if held.state == "open" and still_open]
        return holds[-1 - back % len(holds)] if holds else self.earlier(("hold",), back)

    def holds_of(self, name: str) -> list[str]:
        """The open holds that take from a wallet or promise it something."""
        wallet = self.scene.wallets[name]
        holds = self.scene.oracle.book.holds.items()
        return [each for each, held in holds if held.state == "open" and wallet in (held.source, held.target)]

    def heir(self, name: str, drawn: str | None) -> str | None:
        """The wallet to sweep to: another of its owner in its currency, or what was drawn."""
        alike = [other for other, what in WALLETS.items() if other != name and what == WALLETS.get(name)]
        return (alike[0] if alike else None) if drawn == "another" else drawn

    def allowed(self, original_id: str, who: str) -> Allowed | None:
        """An admin, an owner of a side, or somebody else."""
        record = self.scene.oracle.book.records.get(original_id)
        if who == "admin" or record is None:
            return None
        if who == "stranger":
            return Allowed(ids.new("usr"), ("source", "target"))
        side = "target" if who == "target" else "source"
        owner = record.shown[f"{side}_owner_id"] or self.scene.people["cat"]
        return Allowed(owner, (who,))  # type: ignore[arg-type]  # three of the five are sides
