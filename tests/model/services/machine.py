"""The sequences, with what the services add to the ledger: addresses, schedules, bulk by steps, rules, and what is read."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from functions.wallet.rules.change_rules import add_rule
from functions.wallet.rules.schemas import AddBalanceRule
from tests.model import drawing as draw
from tests.model.drawing import Manner, seldom
from tests.model.scene import WALLETS
from tests.model.services.bodies import caller
from tests.model.services.book import Watch
from tests.model.services.hearing import announced, deliver, look_again
from tests.model.services.machine_scheduling import SchedulingMachine
from tests.model.services.reading import Reading

_MOVED = ("transfer", "capture", "funds_added", "funds_deducted", "conversion")
_VIEWERS = st.sampled_from(["owner", "owner", "owner", "admin", "stranger"])
_ONE_FILTER = st.one_of(
    st.tuples(st.just("wallet_id"), draw.NAMES),
    st.tuples(st.just("direction"), st.sampled_from(["in", "out"])),
    st.tuples(st.just("kind"), st.sampled_from([*_MOVED, "hold", "void", "reversal", "sweep"])),
    st.tuples(st.just("status"), st.sampled_from(["completed", "failed", "pending", "partially_reversed", "expired"])),
    st.tuples(st.just("currency"), draw.CURRENCIES),
    st.tuples(st.just("external_id"), st.sampled_from(["a", "b", "c"])),
    st.tuples(st.just("metadata"), st.sampled_from([{"a": "b"}, {"a": "c"}])),
    st.tuples(st.sampled_from(["amount_gte", "amount_lte"]), st.integers(1, 130)),
    st.tuples(st.sampled_from(["created_gte", "created_lt"]), st.none()),  # of a transaction that is there
)
_FILTERS = st.lists(_ONE_FILTER, max_size=3).map(dict)


class ServiceMachine(SchedulingMachine):
    """Every operation of the ledger, and those of the services around it."""

    @rule()
    def deliver(self) -> None:
        """The consumers hear of what happened."""
        deliver(self.scene)

    @rule()
    def look_again(self) -> None:
        """What waits has its turn; of some of it the consumers have not heard yet."""
        look_again(self.scene)

    @rule(
        name=draw.NAMES,
        kind=st.sampled_from(["available", "posted"]),
        op=st.sampled_from(["below", "above"]),
        off=st.sampled_from([-60, -1, 0, 1, 60]),
        manner=draw.MANNERS,
    )
    def watch(self, name: str, kind: Any, op: Any, off: int, manner: Manner) -> None:
        """At a value near what the wallet has."""
        scene = self.scene
        account = scene.oracle.book.accounts.get(scene.wallets[name])
        value = min(max(account.available, 0), 10**15 - 60) + off if account is not None else 0
        deliver(scene)  # or the rule's own look would announce what nobody has looked at yet
        wallet = scene.wallets[name]
        person = scene.people["cat" if manner.foreign else WALLETS.get(name, ("ann", ""))[0]]
        wanted = AddBalanceRule(kind=kind, op=op, value=value)
        scene.both(
            "watch a balance",
            lambda: add_rule(caller(person, manner.role), wallet, wanted, scene.run, None),
            lambda answer: (
                {each: answer.body[each] for each in ("kind", "op", "value", "crossed")},
                announced(scene),
            ),
            lambda _, answer: scene.watching.add(
                answer.body["id"] if answer else "",
                wallet,
                person if manner.role else None,
                Watch(kind, op, value, crossed=False),
            ),
        )

    @rule(name=draw.NAMES, viewer=_VIEWERS, first=st.integers(0, 40), last=st.integers(0, 40))
    def read_wallet(self, name: str, viewer: str, first: int, last: int) -> None:
        """Its statement, its book, and its balance at an instant."""
        Reading(self.scene).wallet(name, viewer, first, last)

    @rule(person=st.sampled_from(["ann", "ben", "cat"]), filters=_FILTERS, place=draw.EARLIER, limit=seldom(20, 3))
    def read_history(self, person: str, filters: dict[str, Any], place: int, limit: int) -> None:
        Reading(self.scene).history(person, filters, place, limit)

    def teardown(self) -> None:
        """Ends what would run in later sequences."""
        try:
            super().teardown()
        finally:
            self.door.end_schedules(list(self.scene.book.people))
