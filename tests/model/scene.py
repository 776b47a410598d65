"""One sequence: its people and wallets, the two ledgers side by side, and the comparison after each step."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from paycore import ids
from paycore.ledger.post import AnyCommand
from paycore.request_key import RequestKey
from tests.model.book import Account, Answer, Quote, Record
from tests.model.oracle import Oracle
from tests.model.oracle_closing import change_wallet
from tests.model.real import LIMITED, STEP_UP_ABOVE, Real, told_by_oracle, told_by_port
from tests.model.rules import BALANCE_MAX, end_hold

# Name of a wallet: owner, currency.
WALLETS = {
    "ann": ("ann", "EUR"),
    "ann_more": ("ann", "EUR"),
    "ann_usd": ("ann", "USD"),
    "ben_rich": ("ben", "EUR"),
    "ben": ("ben", "EUR"),
    "ben_wide": ("ben", "EUR"),
    "ben_usd": ("ben", "USD"),
    "ben_jpy": ("ben", "JPY"),
    "cat": ("cat", "EUR"),
}
PEOPLE = ("ann", "ben", "cat")
STRIPED_FROM_THE_START = {"ben_wide": 3}
NEAR = 150  # the richest wallet is so near to what it may have
_OPEN = """
SELECT ledger.open_wallet(w.id, w.owner, w.currency)
  FROM unnest(CAST(:ids AS text[]), CAST(:owners AS text[]), CAST(:currencies AS text[])) w (id, owner, currency)
"""


class Scene:
    """Asks both ledgers the same and fails where they differ."""

    outcomes: ClassVar[Counter[tuple[str, str]]] = (
        Counter()
    )  # of all sequences: operation, `done` or the refusal's code
    enriched: ClassVar[list[str]] = []

    def __init__(self, real: Real, *, all_every: int = 1) -> None:
        self.real = real
        self.all_every = all_every  # so many comparisons of the wallets, one of all
        self.oracle = Oracle()
        self.since = ids.new("tx")
        self.run = self.since  # every request of the sequence has it as its id
        self.people = {name: ids.new("usr") for name in PEOPLE}
        self.wallets = {name: ids.new("wal") for name in WALLETS} | {"absent": ids.new("wal")}
        self.own = ",".join(self.wallets[name] for name in WALLETS)
        self.posted: list[AnyCommand] = []
        self.hour = _hour()
        self.compared = 0
        self.differs = False
        book = self.oracle.book
        book.limits = dict(LIMITED)
        book.step_up_above = dict(STEP_UP_ABOVE)
        for name, (owner, currency) in WALLETS.items():
            wallet = self.wallets[name]
            book.accounts[wallet] = Account(wallet, self.people[owner], currency)
        opened = [(account.id, account.owner, account.currency) for account in book.accounts.values()]
        real.sql(_OPEN, **dict(zip(("ids", "owners", "currencies"), map(list, zip(*opened, strict=True)), strict=True)))
        for name, stripes in STRIPED_FROM_THE_START.items():
            # the ledger's own, whatever else a change is to an heir, which is not made yet
            Scene.change(self, {"action": "stripe", "wallet_id": self.wallets[name], "stripes": stripes})

    def key(self, person: str, number: int | None, fingerprint: str = "same") -> RequestKey:
        """A number names a key that others may have, too; None a fresh one."""
        name = ids.new("ent") if number is None else f"key {number}"
        return RequestKey(self.people[person], "POST /test", name, fingerprint, self.run)

    def in_hour(self) -> bool:
        """Whether limits can be counted: the oracle's counters know no change of the hour."""
        return _hour() == self.hour

    def post(self, command: AnyCommand) -> Answer:
        """The answer that both give; their books are alike after it."""
        answer = self.ask(command)
        self.compare()
        return answer

    def ask(self, command: AnyCommand) -> Answer:
        """The answer that both give."""
        self.differs = True  # until it is known better
        said = told_by_port(self.real.post(command))
        answer = self.oracle.post(command)
        expected = told_by_oracle(answer)
        assert said == expected, f"{command}\nledger {said}\noracle {expected}"
        self.differs = False
        self.posted.append(command)
        self.outcomes[type(command).__name__, answer.refusal[0] if answer.refusal else "done"] += 1
        return answer

    def change(self, wanted: dict[str, Any]) -> None:
        """Asks both to change a wallet."""
        self.differs = True
        said = self.real.ask("change_wallet", wanted)
        refusal = (said.pop("code"), said) if said is not None else None
        expected = change_wallet(self.oracle.book, wanted)
        assert refusal == expected, f"{wanted}\nledger {refusal}\noracle {expected}"
        self.outcomes[f"change: {wanted['action']}", refusal[0] if refusal else "done"] += 1
        self.compare()

    def enrich(self, name: str) -> None:
        """As if it had received money 9,000 times: the books tell of none of it."""
        account = self.oracle.book.accounts[self.wallets[name]]
        account.posted = BALANCE_MAX - NEAR
        rich = "UPDATE ledger.balance SET posted_minor = :posted WHERE account_id = :id"
        self.real.sql(rich, posted=account.posted, id=account.id)
        self.enriched.append(account.id)

    def expire(self) -> None:
        """Runs the job that ends overdue holds."""
        book = self.oracle.book
        overdue = [name for name, held in book.holds.items() if held.state == "open" and held.overdue]
        self.differs = True
        ((ended,),) = self.real.sql("SELECT ledger.expire_holds(1000)")
        for name in overdue:
            end_hold(book, name, "expired")
        assert ended >= len(overdue)  # also those that an earlier, failed sequence left
        self.compare()

    def repeat(self, back: int, fingerprint: str) -> None:
        """An earlier command with its key, under a new id; both say what they said first, if they keep it."""
        earlier = self.posted[-1 - back % len(self.posted)]
        key = earlier.key if fingerprint == "same" else replace(earlier.key, fingerprint=fingerprint)
        self.post(replace(earlier, transaction_id=ids.new("tx"), key=key))

    def wallets_for(self, quote: Quote, source: str, target: str) -> tuple[str, str]:
        """Wallets of the quote's owner in its currencies, where there are any."""
        person = next(person for person, user in self.people.items() if user == quote.owner)

        def fitting(drawn: str, currency: str) -> str:
            own = [name for name, what in WALLETS.items() if what == (person, currency)]
            return own[-1] if own and drawn not in own else drawn

        return fitting(source, quote.source_currency), fitting(target, quote.target_currency)

    def compare(self) -> None:
        """Balances, states and versions of the wallets are alike; every so often, all is."""
        self.differs = True
        found = self.real.wallets(self.own)
        for name in WALLETS:
            self._compare_wallet(name, found[self.wallets[name]])
        self.compared += 1
        if self.compared % self.all_every == 0:
            self.compare_books()
        self.differs = False

    def compare_books(self) -> None:
        """Holds, statuses and gatherings are alike."""
        found = self.real.books(self.own, self.since, self.run, ",".join(self.people.values()))
        book = self.oracle.book
        gathered = {wallet: account.gathered for wallet, account in book.accounts.items() if account.gathered}
        assert found["gathered"] == gathered
        holds = {
            name: [held.amount, held.captured, held.remaining, held.state, held.target]
            for name, held in book.holds.items()
        }
        assert found["holds"] == holds
        assert found["transactions"] == {name: _status(record) for name, record in book.records.items()}

    def _compare_wallet(self, name: str, row: dict[str, Any]) -> None:
        account = self.oracle.book.accounts[self.wallets[name]]
        seen = (row["posted"], row["held"], row["limit"], row["state"], row["state2"], row["stripes"], row["rows"])
        told = (account.posted, account.held, account.credit_limit, account.state, account.state)
        assert seen == (*told, account.stripes, account.stripes), f"{name}: ledger {seen}, oracle {account}"
        assert account.available == row["posted"] - row["held"] + row["limit"] >= 0
        # Which stripe a credit finds is chance, so the oracle cannot know when a debit has to gather: that it learns here,
        # and `compare_books` counts the entries of it.
        gathered = row["version"] - account.version
        assert gathered == 0 or (gathered > 1 and account.stripes > 1), f"{name}: ledger {row}, oracle {account}"
        account.version += gathered
        account.gathered += gathered


def _status(record: Record) -> list[Any]:
    return [record.status, record.version]


def _hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
