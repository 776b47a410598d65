"""Payments by body: to addresses and wallets, and many at once."""

from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from paycore.ledger.commands import Move, Wallet
from tests.model import drawing as draw
from tests.model.drawing import Manner, seldom
from tests.model.machine import LedgerMachine
from tests.model.scene import WALLETS
from tests.model.services.book import Payment
from tests.model.services.door import Door
from tests.model.services.hearing import deliver
from tests.model.services.scene import ServiceScene

ADDRESSES = st.sampled_from(["ann", "ben", "cat", "cat.new", "nobody.1", "nobody.2", "nobody.3", "nobody.4"])
# From one of the asker's own wallets, mostly, to one that may be anybody's, or to an address.
ITEM = st.tuples(
    st.integers(0, 2),
    st.one_of(draw.OWN, draw.OWN, draw.NAMES, ADDRESSES),
    st.integers(1, 60),
    draw.MANNERS,
)


class PayingMachine(LedgerMachine):
    """Every operation of the ledger, and payments as people ask for them."""

    door: ClassVar[Door]
    scene: ServiceScene

    def new_scene(self) -> ServiceScene:
        """With people and wallets that the services know."""
        return ServiceScene(self.real, self.door)

    @rule(
        source=draw.OWN,
        address=ADDRESSES,
        amount=st.integers(1, 60),
        currency=draw.CURRENCIES,
        manner=draw.MANNERS,
        proven_by=st.sampled_from([None, "cat", None, "ben"]),
    )
    def pay_address(
        self, source: str, address: str, amount: int, currency: str, manner: Manner, proven_by: str | None
    ) -> None:
        """Somebody's, or nobody's yet; sometimes somebody then proves it."""
        move = self.drawn.move(source, [("absent", amount)], currency, manner)
        self.in_hour(lambda: self.scene.pay(Payment(move, self.scene.address(address))))
        if proven_by is not None:
            self.prove_address(proven_by, address, None)

    @rule(source=draw.NAMES, payee=draw.NAMES, amount=draw.AMOUNTS, manner=draw.MANNERS)
    def pay_wallet(self, source: str, payee: str, amount: int, manner: Manner) -> None:
        self.in_hour(lambda: self.scene.pay(Payment(self.drawn.move(source, [(payee, amount)], "EUR", manner))))

    @rule(name=st.sampled_from(["cat", "cat", "ben"]), address=ADDRESSES, back=draw.EARLIER)
    def prove(self, name: str, address: str, back: int) -> None:
        self.prove_address(name, address, back)

    def prove_address(self, name: str, address: str, back: int | None) -> None:
        """One for which money waits, or any."""
        waiting = [each.address for each in self.scene.book.waiting.values() if not each.claimed]
        if waiting and back is not None:
            address = waiting[-1 - back % len(waiting)].partition("@")[0]
        self.scene.give_address(name, address)
        deliver(self.scene)

    @rule(name=draw.PERSONS, disabled=st.sampled_from([False, False, True]))
    def disable(self, name: str, disabled: bool) -> None:
        person = self.scene.book.people[self.scene.people[name]]
        self.door.disable(person, disabled=disabled)
        person.active = not disabled

    @rule(name=draw.PERSONS, verified=st.booleans())
    def verify(self, name: str, verified: bool) -> None:
        person = self.scene.book.people[self.scene.people[name]]
        self.door.verify(person, verified=verified)
        person.verified = verified

    @rule(
        person=draw.PERSONS,
        items=st.lists(ITEM, min_size=1, max_size=5),
        manner=draw.MANNERS,
        mode=st.sampled_from(["atomic", "independent", "independent"]),
        lives_for=seldom(None, 0, 1, 1, 2, 2, 3),
    )
    def bulk_by_body(
        self, person: str, items: list[tuple[int, str, int, Manner]], manner: Manner, mode: str, lives_for: int | None
    ) -> None:
        asked = replace(self.drawn.move("cat", [("ann", 1)], "EUR", manner), actor_id=self.scene.people[person])
        asked = replace(asked, key=self.scene.key(person, manner.key))
        payments, used = [], set()
        own = [name for name, what in WALLETS.items() if what == (person, "EUR")]
        for place, payee, amount, how in items:
            source = "cat" if how.foreign else own[place % len(own)]
            payment = self._item(asked, source, payee, amount, how)
            if payment.move.external_id in used:
                payment = Payment(replace(payment.move, external_id=None), payment.address)
            used.add(payment.move.external_id)
            payments.append(payment)
        self.in_hour(lambda: self.scene.bulk(mode, payments, asked, lives_for))

    def _item(self, asked: Move, source: str, payee: str, amount: int, manner: Manner) -> Payment:
        known = payee in self.scene.wallets
        move = self.drawn.item(source, payee if known else "absent", amount, manner)
        move = replace(move, source=Wallet(self.scene.wallets[source], owned_by=asked.actor_id))
        move = replace(move, actor_id=asked.actor_id, key=asked.key)
        move = replace(move, limit_role=asked.limit_role, unverified=asked.unverified)
        return Payment(move, None if known else self.scene.address(payee))

    @rule(back=draw.EARLIER, lives_for=seldom(None, 0, 1, 2))
    @precondition(lambda self: self.scene.asked)
    def repeat_bulk(self, back: int, lives_for: int | None) -> None:
        """The same body again, as a client whose connection broke sends it."""
        mode, payments, asked = self.scene.asked[-1 - back % len(self.scene.asked)]
        self.in_hour(lambda: self.scene.bulk(mode, payments, asked, lives_for))

    def in_hour(self, step: Any) -> None:
        """Limits hold for who asks by a body, and the oracle's counters know no change of the hour."""
        if self.scene.in_hour():
            step()
