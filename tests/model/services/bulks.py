"""The oracle's bulks by body: all or none in one call, or each by itself in calls of a few."""

from dataclasses import replace
from typing import Any

from paycore.ledger.commands import Move, Wallet
from paycore.ledger.compound import Bulk
from paycore.request_key import RequestKey
from tests.model.book import Answer, Facts, Refused, place_of
from tests.model.services.book import CALL_ITEMS, IDLE_ITEMS_MAX, Payment, ServiceBook, Stored
from tests.model.services.minted import Died, Minted
from tests.model.services.transfers import Look, Transfers


class Bulks:
    """Answers bulks as the transaction service must."""

    def __init__(self, transfers: Transfers, book: ServiceBook) -> None:
        self.transfers = transfers
        self.oracle = transfers.oracle
        self.book = book

    def answer(self, mode: Any, payments: list[Payment], asked: Move, minted: Minted) -> tuple[str, list[Facts]]:
        """What became of each item. `asked` tells who asks and under which key."""
        if asked.dry_run:
            return self._rehearsed(mode, payments, asked, minted)
        return (self._atomic if mode == "atomic" else self._independent)(payments, asked, minted)

    def _rehearsed(self, mode: Any, payments: list[Payment], asked: Move, minted: Minted) -> tuple[str, list[Facts]]:
        items = self._items(payments, self.transfers.look_up(asked.actor_id, payments), asked.key)
        self._admit(asked, asked.key, len(items))
        self.transfers.judge_step_up(payments, asked)
        return "made", self._succeed(self.oracle.post(minted.give(_bulk(asked, mode, items, asked.key))))

    def _atomic(self, payments: list[Payment], asked: Move, minted: Minted) -> tuple[str, list[Facts]]:
        found = self.transfers.look_up(asked.actor_id, payments)
        if found is None:
            found = self.transfers.look_up_again(payments, asked.key)
        items = self._items(payments, found, None)
        taken = self._admit(asked, asked.key, len(items))
        place = place_of(asked.key)
        is_new = self.book.answered(place, asked.key.fingerprint) is None
        before = self.oracle.book.copy()
        answer = self.oracle.post(minted.give(_bulk(asked, "atomic", items, asked.key)))
        try:
            if not answer.replayed:
                self.transfers.judge_step_up(payments, asked)
            if not answer.kept:
                self._succeed(answer)
        except Refused:
            self.oracle.book = before
            raise
        if is_new:
            self.book.stored[place] = Stored(asked.key.fingerprint)
        if taken and (answer.replayed or answer.refusal is None):
            self.book.idle_items[asked.actor_id] -= len(items)
        return "replayed" if answer.replayed else "made", self._succeed(answer)

    def _independent(self, payments: list[Payment], asked: Move, minted: Minted) -> tuple[str, list[Facts]]:
        place = place_of(asked.key)
        stored = self.book.answered(place, asked.key.fingerprint)
        if stored is not None and stored.reply is not None:
            return "replayed", stored.reply
        self.transfers.judge_step_up(payments, asked)
        stored = self.book.stored.setdefault(place, Stored(asked.key.fingerprint))
        found = self.transfers.look_up(asked.actor_id, payments)
        if found is None:
            found = self.transfers.look_up_again(payments, _item_key(asked.key, 0))
        items = self._items(payments, found, asked.key)
        taken = self._admit(asked, items[0].key, len(items))
        outcomes: list[Answer] = []
        for start in range(0, len(items), CALL_ITEMS):
            if minted.died and minted.is_empty():
                raise Died
            call = items[start : start + CALL_ITEMS]
            first = call[0].key
            own = replace(first, principal=f"{first.principal} call")
            outcomes += self.oracle.post(minted.give(_bulk(asked, "independent", call, own))).bulk
        if taken:
            self.book.idle_items[asked.actor_id] -= sum(outcome.transaction is not None for outcome in outcomes)
        if minted.died:
            raise Died
        told = [_told(outcome) for outcome in outcomes]
        if not any(each.get("code") == "rate_limited" for each in told):
            stored.reply = told
        return "made", told

    def _admit(self, asked: Move, key: RequestKey, count: int) -> bool:
        """Whether somebody has so many items left for bulks that move nothing; who has not gets only a known answer."""
        used = self.book.idle_items[asked.actor_id] + count
        self.book.idle_items[asked.actor_id] = min(used, IDLE_ITEMS_MAX + 1)
        if used <= IDLE_ITEMS_MAX:
            return True
        if asked.dry_run or not self.transfers.is_known(key):
            raise Refused("rate_limited", kept=False)
        return False

    def _items(self, payments: list[Payment], found: Look | None, key: RequestKey | None) -> tuple[Move, ...]:
        """The moves: whether a second factor is needed is judged by their sum; with `key` each has one of its own."""
        if found is None and any(each.address for each in payments):
            raise Refused("rate_limited", kept=False)
        items = []
        for at, each in enumerate(payments):
            move = replace(each.move, unconfirmed=False, dry_run=False)
            if each.address is not None:
                wallet = (found or {}).get((each.address, move.money.currency))
                move = replace(move, target=Wallet(wallet or "nobody"))
            if key is not None:
                move = replace(move, key=_item_key(key, at))
            items.append(move)
        return tuple(items)

    def _succeed(self, answer: Answer) -> list[Facts]:
        if answer.refusal is not None:
            raise Refused(answer.refusal[0], **answer.refusal[1])
        return [_told(item) for item in answer.bulk]


def _item_key(key: RequestKey, place: int) -> RequestKey:
    return replace(key, principal=f"bulk {key.principal}", key=f"{place} {key.key}")


def _bulk(asked: Move, mode: Any, items: tuple[Move, ...], key: RequestKey) -> Bulk:
    return Bulk(
        transaction_id="",
        actor_id=asked.actor_id,
        key=key,
        dry_run=asked.dry_run,
        unconfirmed=asked.unconfirmed,
        mode=mode,
        items=items,
    )


def _told(item: Answer) -> Facts:
    """What an item's line says, as far as the oracle knows it."""
    if item.refusal is not None:
        return {"code": item.refusal[0], **item.refusal[1]}
    assert item.transaction is not None, "an item is a transaction or a refusal"
    return {"id": item.transaction["id"], "amount": item.transaction["amount"], "kind": item.transaction["kind"]}
