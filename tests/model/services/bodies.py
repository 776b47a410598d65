"""What is said to a service, and what it says, as far as the oracle can know it."""

from dataclasses import replace
from typing import Any

from functions.transaction.schemas import SplitRequest, TransferRequest
from paycore.caller import Caller
from paycore.idempotency import Answer
from paycore.ledger.commands import LimitRole, Move
from tests.model.book import Facts
from tests.model.services.book import Payment

_ROLES = {None: ("user", "admin"), "user": ("user",), "merchant": ("user", "merchant")}
_UNTOLD = {"detail", "retry_after_s", "max_age"}


def caller(person: str, role: LimitRole | None) -> Caller:
    """Somebody with the role whose limits hold; None is an admin."""
    return Caller(person, "ses_model", frozenset(_ROLES[role]), second_factor=True, stepped_up=True)


def asker(move: Move) -> Caller:
    """Who asks for it."""
    who = caller(move.actor_id, move.limit_role)
    return replace(who, stepped_up=not move.unconfirmed, kyc_verified=not move.unverified)


def told_apart(payment: Payment) -> Move:
    """The movement, under a fingerprint that no body without an address has: what is kept of the two differs."""
    move = payment.move
    if payment.address is None:
        return move
    return replace(move, key=replace(move.key, fingerprint=f"to an address, {move.key.fingerprint}"))


def transfer_request(payment: Payment) -> TransferRequest:
    """The body that asks for it."""
    return TransferRequest(**body_of(payment))


def body_of(payment: Payment) -> dict[str, Any]:
    """The fields of that body."""
    move: Move = payment.move
    target = getattr(move.target, "wallet_id", None) if payment.address is None else None
    splits = [SplitRequest(target_wallet_id=each.target.wallet_id, amount=each.amount) for each in move.shares]
    return {
        "source_wallet_id": getattr(move.source, "wallet_id", None),
        "target_wallet_id": target,
        "target_email": payment.address,
        "splits": splits or None,
        "amount": move.money.amount_minor,
        "currency": move.money.currency,
        "description": move.description,
        "external_id": move.external_id,
        "metadata": move.metadata,
        "expected_version": move.expected_version,
        "conditions": [each.body() for each in move.conditions] or None,
    }


def told_facts(facts: dict[str, Any]) -> Facts:
    """Without the seconds to wait, for which the oracle has no clock."""
    plain = {name: fact for name, fact in facts.items() if name not in _UNTOLD}
    if "item_facts" in plain:
        plain["item_facts"] = told_facts(plain["item_facts"])
    return plain


def told_schedule(body: dict[str, Any]) -> Facts:
    """Of a schedule's body what changes."""
    told = {name: body[name] for name in ("status", "next_at", "next_occurrence")}
    runs = [(each["occurrence"], each["status"], each["failure_code"]) for each in body["occurrences"]]
    return told | {"occurrences": runs}


def told_bulk(answer: Answer) -> tuple[str, list[Facts]]:
    """Whether it is a replay, and what became of each item."""
    items = []
    for item in answer.body["data"]:
        error, made = item.get("error"), item.get("transaction")
        items.append(told_facts(error) if error else {name: made[name] for name in ("id", "amount", "kind")})
    return "replayed" if answer.replayed else "made", items
