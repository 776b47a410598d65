"""One sequence with the services above the ledger: both are asked the same, and say and keep the same."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

from functions.transaction.bulk import bulk, rehearse_bulk
from functions.transaction.schedules.read_schedules import list_schedules
from functions.transaction.schedules.run_due import run_due
from functions.transaction.schemas import BulkRequest
from functions.transaction.transfer import transfer
from paycore.events.envelope import EventData
from paycore.events.user import UserVerified
from paycore.events.wallet import WalletChanged
from paycore.ledger.commands import Move
from paycore.ledger.compound import Close
from paycore.ledger.post import AnyCommand
from tests.model.book import Answer, Facts, Refused
from tests.model.real import Real, told_by_oracle, told_by_port
from tests.model.scene import Scene
from tests.model.services.bodies import asker, caller, told_apart, told_bulk, told_schedule, transfer_request
from tests.model.services.book import Payment, Person, ServiceBook
from tests.model.services.bulks import Bulks
from tests.model.services.door import Door
from tests.model.services.minted import Died, Minted
from tests.model.services.schedules import Schedules, shown
from tests.model.services.transfers import Transfers
from tests.model.services.watching import Watching

Told = TypeVar("Told")
NAMED = ("ann_more", "ben_rich", "ben_wide")
_ROLES = {"ann": ["user"], "ben": ["user", "merchant"], "cat": ["user"]}


class ServiceScene(Scene):
    """Asks the services and their oracle the same and fails where they differ."""

    def __init__(self, real: Real, door: Door) -> None:
        super().__init__(real, all_every=10)
        self.door = door
        people = {self.people[name]: Person(self.people[name], roles) for name, roles in _ROLES.items()}
        self.book = ServiceBook(people, frozenset(self.wallets[name] for name in NAMED))
        self.transfers = Transfers(self.oracle, self.book)
        self.bulks = Bulks(self.transfers, self.book)
        self.schedules = Schedules(self.transfers, self.book)
        self.watching = Watching(self.oracle, self.book)
        self.domain = f"{uuid4().hex}.example"
        self.changed: list[EventData] = []  # of what the wallet and the user service tell
        self.asked: list[tuple[Any, list[Payment], Move]] = []  # bulks, to be repeated
        for person in people.values():
            door.register(person)
        door.open(self.own.split(","), list(self.book.named))
        for name in ("ann", "ben"):
            self.give_address(name, name)
        door.staged()  # what other sequences have left

    def both(
        self,
        operation: str,
        use_case: Callable[[], Told],
        tell: Callable[[Told], Any],
        answer: Callable[[Minted, Told | None], Any],
        *,
        lives_for: int | None = None,
        reads: bool = False,
    ) -> Told | None:
        """What the service says, which is what the oracle says; None for a refusal, on which they agree, too.

        `reads`: it changes nothing, so the wallets need not be compared.
        """
        self.differs = True
        found, refusal, minted = self.door.ask(use_case, lives_for=lives_for)
        said = "refused" if refusal else "died" if minted.died else "said"
        told = refusal if found is None else tell(found)
        try:
            expected: tuple[str, Any] = "said", answer(minted, found)
        except Refused as refused:
            expected = "refused", (refused.code, refused.facts)
        except Died:
            expected = "died", None
        assert (said, told) == expected, f"{operation}\nservice {said, told}\noracle  {expected}"
        assert minted.is_empty(), f"{operation}: the oracle asked the ledger less often"
        self.differs = False
        self.outcomes[operation, refusal[0] if refusal else said if said == "died" else "done"] += 1
        if not reads:
            self.compare()
        return found

    def ask(self, command: AnyCommand) -> Answer:
        """As the ledger's own; a closed wallet frees its name."""
        answer = super().ask(command)
        if isinstance(command, Close) and command.wallet.wallet_id in self.oracle.book.accounts:
            state = self.oracle.book.accounts[command.wallet.wallet_id].state
            self.door.mark_closed(command.wallet.wallet_id, closed=state == "closed")
        return answer

    def change(self, wanted: dict[str, Any]) -> None:
        """As the ledger's own; the wallet service tells of it, and a reopened wallet has its name again."""
        super().change(wanted)
        wallet = self.oracle.book.accounts.get(wanted["wallet_id"])
        if wallet is None:
            return
        self.door.mark_closed(wallet.id, closed=wallet.state == "closed")
        told = WalletChanged(wallet.id, str(wallet.owner), "usr_admin", wanted["action"], wallet.state, 1, None)
        self.changed.append(told)

    def give_address(self, name: str, address: str) -> None:
        """Somebody proves an address that is nobody's; it replaces the one before."""
        person, wanted = self.book.people[self.people[name]], self.address(address)
        if any(other.address == wanted for other in self.book.people.values()):
            return
        self.door.give_address(person, wanted)
        person.address = wanted
        self.changed.append(UserVerified(person.id, "reg_model"))

    def address(self, name: str) -> str:
        """Addresses of a sequence are its own."""
        return f"{name}@{self.domain}"

    def pay(self, payment: Payment) -> None:
        """A transfer by its body."""
        move = told_apart(payment)
        payment = replace(payment, move=move)
        who = asker(move)
        self.both(
            "pay an address" if payment.address else "pay a wallet",
            lambda: transfer(who, transfer_request(payment), move.key, dry_run=move.dry_run),
            told_by_port,
            lambda minted, _: told_by_oracle(self.transfers.pay(payment, minted)),
        )

    def bulk(self, mode: Any, payments: list[Payment], asked: Move, lives_for: int | None) -> None:
        """Many transfers by their body."""
        who = asker(asked)
        wanted = BulkRequest(mode=mode, items=[transfer_request(each) for each in payments])
        body = json.dumps([mode, wanted.model_dump(mode="json")])
        asked = replace(asked, key=replace(asked.key, route="POST /bulk by body", fingerprint=body))
        use_case = rehearse_bulk if asked.dry_run else bulk
        self.asked.append((mode, payments, asked))
        self.both(
            f"{mode} bulk by body",
            lambda: use_case(who, wanted, asked.key),
            told_bulk,
            lambda minted, _: self.bulks.answer(mode, payments, asked, minted),
            lives_for=lives_for if mode == "independent" and not asked.dry_run else None,
        )

    def run_due(self) -> None:
        """The job that runs every minute."""
        before = self._ends()
        self.both(
            "run due schedules",
            lambda: [run_due(3600)],
            lambda ended: ended[0],
            lambda minted, _: self.schedules.run_due(datetime.now(UTC), minted),
        )
        self.compare_schedules()
        for end, times in (self._ends() - before).items():
            self.outcomes["occurrence", end] += times

    def _ends(self) -> Counter[str]:
        """How many occurrences ended how."""
        schedules = self.book.schedules.values()
        runs = Counter(status for each in schedules for _, status, _ in each.runs)
        return runs + Counter({"postponed": sum(each.postponed for each in schedules)})

    def compare_books(self) -> None:
        """Schedules are alike, too."""
        super().compare_books()
        self.compare_schedules()

    def compare_schedules(self) -> None:
        """What their owners see of the schedules."""
        for owner in {schedule.owner for schedule in self.book.schedules.values()}:
            expected = {each.id: shown(each) for each in self.book.schedules.values() if each.owner == owner}
            found = _schedules_of(owner)
            assert found == expected, f"service {found}\noracle {expected}"


def _schedules_of(owner: str) -> Facts:
    """All of somebody's, page by page."""
    found: Facts = {}
    cursor, more = None, True
    while more:
        page = list_schedules(caller(owner, "user"), 100, cursor)
        found |= {each["id"]: told_schedule(each) for each in page["data"]}
        cursor, more = page["next_cursor"], page["has_more"]
    return found
