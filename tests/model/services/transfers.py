"""The oracle's transfers to addresses: looked up, held for nobody yet, claimed."""

from collections import Counter
from dataclasses import replace

from paycore.ledger.commands import Hold, Move, Wallet
from paycore.ledger.continuations import Capture
from paycore.request_key import RequestKey
from tests.model.book import Answer, Refused, place_of
from tests.model.oracle import Oracle
from tests.model.rules import STEP_UP_ABOVE
from tests.model.services.book import UNKNOWN_PER_DAY, Payment, ServiceBook, Waiting
from tests.model.services.minted import Minted

Look = dict[tuple[str, str], str | None]  # address, currency: the wallet


class Transfers:
    """Answers payments as the transaction service must."""

    def __init__(self, oracle: Oracle, book: ServiceBook) -> None:
        self.oracle = oracle
        self.book = book

    def pay(self, payment: Payment, minted: Minted) -> Answer:
        """To a wallet, to several, or to an address: whoever is not known to have it can claim the money."""
        move = payment.move
        if payment.address is None:
            return self.oracle.post(minted.give(move))
        found = self.look_up(move.actor_id, [payment])
        if found is None and not move.dry_run:
            found = self.look_up_again([payment], move.key)
        if found is None:
            raise Refused("rate_limited", kept=False)
        wallet = found[payment.address, move.money.currency]
        if wallet is not None:
            return self.oracle.post(minted.give(replace(move, target=Wallet(wallet))))
        return self._hold(move, payment.address, minted)

    def _hold(self, move: Move, address: str, minted: Minted) -> Answer:
        shared = {name: getattr(move, name) for name in Hold.__dataclass_fields__ if hasattr(move, name)}
        answer = self.oracle.post(minted.give(Hold(**shared | {"target": None})))
        if answer.transaction is None or move.dry_run:
            return answer
        hold_id = str(answer.transaction["id"])
        if not answer.replayed:
            self.book.waiting[hold_id] = Waiting(move.actor_id, address, move.money.currency)
        return answer

    def claim(self, minted: Minted, owner: str | None = None) -> None:
        """All that waits for an address, or for somebody's, and finds a wallet; a refusal leaves no trace."""
        for hold_id, waiting in sorted(self.book.waiting.items()):
            foreign = owner is not None and waiting.address != self.book.people[owner].address
            if waiting.claimed or foreign or self.oracle.book.holds[hold_id].state != "open":
                continue
            wallet = self._wallet_of(waiting.address, waiting.currency)
            if wallet is not None:
                waiting.claimed = self._give(hold_id, wallet, minted)

    def _give(self, hold_id: str, wallet: str, minted: Minted) -> bool:
        before = self.oracle.book.copy()
        payee = str(self.oracle.book.accounts[wallet].owner)
        key = RequestKey("claim", "claim", hold_id, hold_id, "any occasion")
        target = Wallet(wallet, owned_by=payee)
        capture = Capture(transaction_id="", actor_id=payee, key=key, original_id=hold_id, allowed=None, target=target)
        if self.oracle.post(minted.give(capture)).transaction is not None:
            return True
        self.oracle.book = before
        return False

    def judge_step_up(self, payments: list[Payment], asked: Move) -> None:
        """Of all together, and before their time: none by itself is judged again."""
        sums = Counter[str]()
        for each in payments:
            sums[each.move.money.currency] += each.move.money.amount_minor
        limits = self.oracle.book.step_up_above
        if asked.unconfirmed and any(total > limits.get(name, STEP_UP_ABOVE) for name, total in sums.items()):
            raise Refused("step_up_required", kept=False)

    def look_up(self, sender: str, payments: list[Payment]) -> Look | None:
        """The wallets behind the addresses. None: the sender has looked for too many addresses that nobody has."""
        found: Look = {}
        looked = self.book.looked_for.setdefault(sender, set())
        for each in payments:
            if each.address is None:
                continue
            currency = each.move.money.currency
            fresh = each.address not in looked and not self.book.has_sent(sender, each.address)
            if fresh and len(looked) >= UNKNOWN_PER_DAY:
                return None
            wallet = found[each.address, currency] = self._wallet_of(each.address, currency)
            if wallet is None and fresh:
                looked.add(each.address)
        return found

    def look_up_again(self, payments: list[Payment], key: RequestKey) -> Look | None:
        """The same for a repeat: under a key that the ledger knows somebody has passed the look-up."""
        if not self.is_known(key):
            return None
        wanted = [(each.address, each.move.money.currency) for each in payments if each.address is not None]
        return {each: self._wallet_of(*each) for each in wanted}

    def _wallet_of(self, address: str, currency: str) -> str | None:
        """The unnamed open wallet of whoever has the address."""
        owners = {person.id for person in self.book.people.values() if person.address == address and person.active}
        for account in self.oracle.book.accounts.values():
            fits = account.owner in owners and account.currency == currency and account.id not in self.book.named
            if fits and account.state != "closed":
                return account.id
        return None

    def is_known(self, key: RequestKey) -> bool:
        """Whether the ledger has an answer under this key."""
        return place_of(key) in self.oracle.book.keys
