"""The sequences: Hypothesis draws operations, good and bad, and both ledgers must say and do the same."""

from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from paycore import ids
from paycore.ledger.commands import Convert, Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Capture, Reverse, Void
from tests.model import drawing as draw
from tests.model.drawing import PLAIN, Drawn, Manner
from tests.model.quoting import ask_quote
from tests.model.real import RATES, Real
from tests.model.rules import STRIPE_MAX
from tests.model.scene import WALLETS, Scene
from tests.model.time_passing import end_quote, make_overdue, turn

ITEMS = st.lists(st.tuples(draw.NAMES, draw.NAMES, draw.AMOUNTS, draw.MANNERS), min_size=1, max_size=4)


class LedgerMachine(RuleBasedStateMachine):
    """Every operation of the ledger, on a few wallets of three people."""

    real: ClassVar[Real]

    def __init__(self) -> None:
        super().__init__()
        self.scene = self.new_scene()
        self.drawn = Drawn(self.scene)

    def new_scene(self) -> Scene:
        """Where the sequence plays."""
        return Scene(self.real, all_every=10)

    @initialize(striped=st.booleans())
    def begin(self, striped: bool) -> None:
        pairs = (("ann", "ben"), ("ben_wide", "cat"), ("cat", "ann"))  # something to go on with
        funds = [self.drawn.funds(name, 600, currency, PLAIN, added=True) for name, (_, currency) in WALLETS.items()]
        moves = [self.drawn.move(payer, [(payee, 50)], "EUR", PLAIN) for payer, payee in pairs]
        self.scene.ask(Bulk(**self.drawn.common("cat", PLAIN), mode="atomic", items=(*funds, *moves)))
        for payer, payee in pairs:
            self.scene.ask(self.drawn.hold(payer, payee, 40, "EUR", PLAIN))
        self.scene.enrich("ben_rich")
        if striped:
            self.scene.change({"action": "stripe", "wallet_id": self.scene.wallets["ann"], "stripes": 4})

    @rule(source=draw.NAMES, payee=draw.NAMES, amount=draw.AMOUNTS, currency=draw.CURRENCIES, manner=draw.MANNERS)
    def transfer(self, source: str, payee: str, amount: int, currency: str, manner: Manner) -> None:
        self.scene.post(self.drawn.move(source, [(payee, amount)], currency, manner))

    @rule(
        source=draw.NAMES,
        payees=st.lists(st.tuples(draw.NAMES, st.integers(1, 90)), min_size=2, max_size=3, unique_by=lambda t: t[0]),
        manner=draw.MANNERS,
    )
    def split(self, source: str, payees: list[tuple[str, int]], manner: Manner) -> None:
        self.scene.post(self.drawn.move(source, payees, "EUR", manner))

    @rule(name=draw.NAMES, amount=draw.AMOUNTS, currency=draw.CURRENCIES, manner=draw.MANNERS, added=st.booleans())
    def change_funds(self, name: str, amount: int, currency: str, manner: Manner, added: bool) -> None:
        own = WALLETS[name][1] if name in WALLETS and currency == "EUR" else currency
        self.scene.post(self.drawn.funds(name, amount, own, manner, added=added))

    @rule(
        source=draw.NAMES,
        payee=st.one_of(draw.NAMES, draw.NAMES, st.none()),
        amount=draw.AMOUNTS,
        currency=draw.CURRENCIES,
        manner=draw.MANNERS,
    )
    def hold(self, source: str, payee: str | None, amount: int, currency: str, manner: Manner) -> None:
        self.scene.post(self.drawn.hold(source, payee, amount, currency, manner))

    @rule(
        original=draw.HOLDS,
        who=draw.ALLOWED,
        amount=draw.PARTS,
        final=st.booleans(),
        claimed_by=draw.OWN,
        manner=draw.MANNERS,
    )
    def capture(
        self,
        original: tuple[int, bool | None],
        who: str,
        amount: int | None,
        final: bool,
        claimed_by: str,
        manner: Manner,
    ) -> None:
        original_id = self.drawn.held(*original)
        record = self.scene.oracle.book.records.get(original_id)
        claim = record is not None and record.target is None and (amount or 0) % 2 == 0  # odd: nobody claims it
        self.scene.post(
            Capture(
                **self.drawn.common("ann", manner),
                original_id=original_id,
                allowed=self.drawn.allowed(original_id, who),
                amount=amount,
                final=final,
                target=Wallet(self.scene.wallets[claimed_by]) if claim else None,
            )
        )

    @rule(original=draw.HOLDS, who=draw.ALLOWED, manner=draw.MANNERS)
    def void(self, original: tuple[int, bool | None], who: str, manner: Manner) -> None:
        original_id = self.drawn.held(*original)
        allowed = self.drawn.allowed(original_id, who)
        self.scene.post(Void(**self.drawn.common("ben", manner), original_id=original_id, allowed=allowed))

    @rule(back=draw.EARLIER)
    def time_passes(self, back: int) -> None:
        make_overdue(self.scene, self.drawn.earlier(("hold",), back))

    @rule(person=draw.PERSONS, period=draw.PERIODS)
    def turn(self, person: str, period: str) -> None:
        turn(self.scene, person, period)

    @rule()
    def expire_holds(self) -> None:
        """The job that runs every minute."""
        self.scene.expire()

    @rule(kinds=draw.REVERSIBLE, back=draw.EARLIER, who=draw.ALLOWED, amount=draw.PARTS, manner=draw.MANNERS)
    def reverse(self, kinds: tuple[str, ...], back: int, who: str, amount: int | None, manner: Manner) -> None:
        self._reverse(kinds, back, who, amount, manner)

    @rule(back=draw.EARLIER, amount=st.sampled_from([None, 1]), manner=draw.MANNERS)
    @precondition(lambda self: any(each.kind == "conversion" for each in self.scene.oracle.book.records.values()))
    def reverse_conversion(self, back: int, amount: int | None, manner: Manner) -> None:
        """Conversions are rare: without a rule of their own few are reversed, and hardly one in part."""
        self._reverse(("conversion",), back, "admin", amount, manner)

    def _reverse(self, kinds: tuple[str, ...], back: int, who: str, amount: int | None, manner: Manner) -> None:
        original = self.drawn.earlier(kinds, back)
        allowed = self.drawn.allowed(original, who)
        common = self.drawn.common("ben", manner)
        self.scene.post(Reverse(**common, original_id=original, allowed=allowed, amount=amount, reason="drawn"))

    @rule(pair=st.sampled_from([*RATES]), person=draw.PERSONS, amount=draw.CONVERTED)
    def quote(self, pair: tuple[str, str], person: str, amount: int) -> None:
        ask_quote(self.scene, person, pair, amount)

    @rule(back=draw.EARLIER, source=draw.OWN, payee=draw.OWN, fits=draw.seldom(True, False, False), manner=draw.MANNERS)
    @precondition(lambda self: self.scene.oracle.book.quotes)
    def convert(self, back: int, source: str, payee: str, fits: bool, manner: Manner) -> None:
        quote = (quotes := list(self.scene.oracle.book.quotes.values()))[-1 - back % len(quotes)]
        if fits:
            source, payee = self.scene.wallets_for(quote, source, payee)
        if manner.external_id == "a":  # as good a coin as any: its time is over
            end_quote(self.scene, quote)
        sides = [Wallet(self.scene.wallets[name], owned_by=quote.owner) for name in (source, payee)]
        spending = self.drawn.spending(source, manner) | {"actor_id": ids.new("usr") if manner.foreign else quote.owner}
        self.scene.post(Convert(**spending, quote_id=quote.id, source=sides[0], target=sides[1]))

    @rule(items=ITEMS, manner=draw.MANNERS, mode=st.sampled_from(["atomic", "independent"]))
    def bulk(self, items: list[tuple[str, str, int, Manner]], manner: Manner, mode: Any) -> None:
        moves = [self.drawn.item(*item) for item in items]
        common = self.drawn.common("ann", manner)
        common["key"] = replace(common["key"], route="POST /bulk")  # no item has the key of its bulk
        self.scene.post(Bulk(**common, mode=mode, items=tuple(moves)))

    @rule(name=draw.NAMES, heir=draw.HEIRS, settled=st.booleans(), manner=draw.MANNERS)
    def close(self, name: str, heir: str | None, settled: bool, manner: Manner) -> None:
        person = "cat" if manner.foreign else WALLETS.get(name, ("ann", ""))[0]
        wallet = Wallet(self.scene.wallets[name], owned_by=None if manner.role else self.scene.people[person])
        sweep_to = self.scene.wallets.get(self.drawn.heir(name, heir) or "")
        for original_id in self.drawn.holds_of(name) if settled else []:  # an open hold keeps a wallet open
            self.scene.ask(Void(**self.drawn.common("ben", PLAIN), original_id=original_id, allowed=None))
        version = self.drawn.spending(name, manner)["expected_version"]
        asked = {**self.drawn.common("ben", manner), "sweep_to": sweep_to, "expected_version": version}
        self.scene.post(Close(**asked, wallet=wallet))

    @rule(name=draw.NAMES, action=draw.ACTIONS, manner=draw.MANNERS)
    def change(self, name: str, action: dict[str, Any], manner: Manner) -> None:
        version = self.drawn.spending(name, manner)["expected_version"]
        rich = self.scene.oracle.book.accounts[self.scene.wallets["ben_rich"]]
        if name == "ben_rich" and "stripes" in action and rich.posted <= STRIPE_MAX:
            action = {"action": "touch"}  # it is rich later, and chance would find the stripe that is
        self.scene.change({**action, "wallet_id": self.scene.wallets[name], "expected_version": version})

    @rule(back=draw.EARLIER, fingerprint=draw.seldom("same", "other"))
    def repeat(self, back: int, fingerprint: str) -> None:
        """The same request again, as a client whose connection broke sends it; or another one under its key."""
        self.scene.repeat(back, fingerprint)

    def check_invariants(self, *told: Any) -> None:
        """After each step: counts it."""
        super().check_invariants(*told)
        if self.scene.posted:
            Scene.outcomes["step", "done"] += 1

    def teardown(self) -> None:
        """However the sequence ends; one that has failed differs."""
        if not self.scene.differs:
            self.scene.compare_books()
            Scene.outcomes["sequence", "done"] += 1
