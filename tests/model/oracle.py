"""The oracle: a ledger in plain Python, written from the ledger's description, to be compared with the real one."""

from dataclasses import replace

from paycore.ledger.commands import Convert, Hold, Move, Spending, System, Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Capture, Reverse, Void
from paycore.ledger.post import AnyCommand
from tests.model.book import Account, Answer, Book, Facts, Held, Record, Refused, place_of
from tests.model.oracle_closing import close
from tests.model.oracle_continuations import capture, reverse, void
from tests.model.oracle_conversion import convert
from tests.model.recording import record
from tests.model.rules import judge, judge_external_id, leg, make_room, spend


class Oracle:
    """Answers commands as the ledger must."""

    def __init__(self) -> None:
        self.book = Book()

    def post(self, command: AnyCommand) -> Answer:
        """One effect for each key, for ever; a dry run has none."""
        if command.dry_run:
            return Oracle._of(self.book.copy())._answer(command)
        key = command.key
        place = place_of(key)
        if place in self.book.keys:
            fingerprint, answer = self.book.keys[place]
            if fingerprint != key.fingerprint:
                return Answer(refusal=("idempotency_key_reused", {}), kept=False)
            return _replayed(answer)
        answer = self._answer(command)
        if answer.kept:
            self.book.keys[place] = (key.fingerprint, answer)
        return answer

    @staticmethod
    def _of(book: Book) -> "Oracle":
        made = Oracle()
        made.book = book
        return made

    def _answer(self, command: AnyCommand) -> Answer:
        try:
            return self._perform(command)
        except Refused as refused:
            return Answer(refusal=(refused.code, refused.facts), kept=refused.kept)

    def _perform(self, command: AnyCommand) -> Answer:
        book = self.book
        match command:
            case Bulk():
                answers = self._bulk(command)
                return Answer(bulk=answers, kept=not any(map(_may_come_again, answers)))
            case Close():
                return Answer(transaction=close(book, command))
            case Move():
                return Answer(transaction=self._move(command))
            case Hold():
                return Answer(transaction=self._hold(command))
            case Capture():
                return Answer(transaction=capture(book, command))
            case Void():
                return Answer(transaction=void(book, command))
            case Reverse():
                return Answer(transaction=reverse(book, command))
            case Convert():
                return Answer(transaction=convert(book, command))

    def _bulk(self, command: Bulk) -> list[Answer]:
        """Independent items each have their own key; atomic ones stand or fall together."""
        if command.mode == "independent":
            return [self._item(item) for item in command.items]
        before = self.book.copy()
        answers = []
        for place, item in enumerate(command.items):
            try:
                answers.append(Answer(transaction=self._move(item), own=False))
            except Refused as refused:
                self.book = before
                if refused.code == "rate_limited":
                    raise Refused("rate_limited", kept=False, index=place) from refused
                facts = {"index": place, "reason": refused.code, "item_facts": refused.facts}
                raise Refused("bulk_refused", kept=refused.kept, **facts) from refused
        return answers

    def _item(self, command: Move) -> Answer:
        """What the whole tells for ever is kept: a wallet that is not found, too."""
        answer = self.post(command)
        if answer.refusal is not None and answer.refusal[0] == "wallet_not_found" and not answer.kept:
            answer.kept = True
            self.book.keys[place_of(command.key)] = (command.key.fingerprint, answer)
        return answer

    def _move(self, command: Move) -> Facts:
        currency, amount = command.money.currency, command.money.amount_minor
        payer = self._side(command.source, currency)
        if command.target is not None:
            payees = [(self._side(command.target, currency), amount)]
        else:
            payees = [(self._side(share.target, currency), share.amount) for share in command.shares]
        made = record(
            self.book, command, command.kind, payer, payees[0][0] if len(payees) == 1 else None, amount, currency
        )
        if command.shares:
            made.shown["splits"] = [(share.target.wallet_id, share.amount) for share in command.shares]
        make_room(self.book, payer, amount, command)
        self._allow(command, made, payer, payees)
        made.shown["legs"] = [leg(payer, -amount), *(leg(payee, share) for payee, share in payees)]
        return made.shown

    def _hold(self, command: Hold) -> Facts:
        currency, amount = command.money.currency, command.money.amount_minor
        payer = self.book.wallet(command.source.wallet_id, command.source.owned_by)
        target = self.book.wallet(command.target.wallet_id, None) if command.target else None
        made = record(self.book, command, "hold", payer, target, amount, currency)
        make_room(self.book, payer, amount, command)
        self._allow(command, made, payer, [(target, 0)] if target else [])
        made.shown["status"] = made.status = "pending"
        made.shown["posted"] = False
        payer.held += amount
        payer.version += 1
        self.book.holds[command.transaction_id] = Held(payer.id, target.id if target else None, amount, amount)
        return made.shown

    def _allow(self, command: Move | Hold, made: Record, payer: Account, payees: list[tuple[Account, int]]) -> None:
        """Judges, claims the external id, counts the spending; a refusal leaves a failed transaction."""
        currency, amount = command.money.currency, command.money.amount_minor
        refusal = None
        owner = payer.owner or str(payees[0][0].owner)
        among = "funds" if isinstance(command, Move) and command.kind.startswith("funds_") else "owner"
        claimed = None if command.external_id is None else (among, owner, command.external_id)
        try:
            judge(payer, payees, amount, currency, command)
            judge_external_id(self.book, claimed)
        except Refused as refused:
            refusal = refused
        try:
            spend(self.book, command, payer, amount, refusal)
        except Refused as refused:
            fail(self.book, command, made, refused)
            raise
        if claimed is not None:
            self.book.external_ids[claimed] = command.transaction_id

    def _side(self, side: Wallet | System, currency: str) -> Account:
        if isinstance(side, System):
            return self.book.system(side.kind, currency)
        return self.book.wallet(side.wallet_id, side.owned_by)


def fail(book: Book, command: Spending, made: Record, refused: Refused) -> None:
    """What is kept of a refused transfer, hold or conversion; of a refusal that is not kept: nothing."""
    made.shown |= {"status": "failed", "posted": False}
    made.status = "failed"
    if not refused.kept:
        del book.records[command.transaction_id]


def _may_come_again(item: Answer) -> bool:
    """Its key is free: a bulk with such an item is not kept, so that the same request tries the item again."""
    return not item.kept and item.refusal != ("idempotency_key_reused", {})


def _replayed(answer: Answer) -> Answer:
    """Items of an independent bulk tell what each was when the bulk was made."""
    bulk = [item if item.own else replace(item, replayed=True) for item in answer.bulk]
    return replace(answer, bulk=bulk, replayed=True)
