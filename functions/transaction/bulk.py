"""Many transfers in one request: all or none in one call, or each by itself in calls of fifty."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from functions.transaction.bulk_velocity import admit_items, give_items_back
from functions.transaction.keyed import keyed
from functions.transaction.schemas import BulkRequest
from functions.transaction.transfer import find_recipients, transfer_command
from paycore.caller import Caller
from paycore.database import transaction
from paycore.errors import IdempotencyKeyReused
from paycore.idempotency import Answer, claim, give, keep
from paycore.invariants import present
from paycore.ledger.commands import Move
from paycore.ledger.compound import Bulk
from paycore.ledger.outcome import Outcome
from paycore.ledger.post import forget, post, post_now
from paycore.ledger.pressure import refuse_if_overloaded
from paycore.ledger.render import transaction_body
from paycore.ledger.spending import asked_by
from paycore.ledger.step_up import require_step_up
from paycore.money import Money
from paycore.request_key import RequestKey
from paycore.retry import again_if_busy

# One call's locks last as long as the call: short enough for others to wait for.
_ITEMS_PER_CALL = 50


def bulk(caller: Caller, wanted: BulkRequest, key: RequestKey) -> Answer:
    """What became of the items, in their order.

    Raises BulkRefused (atomic), WalletNotFound for malformed ids, RateLimited for too many unknown addresses, items
    that moved nothing or items of atomic bulks, or an item of one that was one movement too many in the hour, and
    StepUpRequired where all together are more than goes without.
    """
    key = keyed(key, wanted.items)
    return _atomic(caller, wanted, key) if wanted.mode == "atomic" else _independent(caller, wanted, key)


def rehearse_bulk(caller: Caller, wanted: BulkRequest, key: RequestKey) -> Answer:
    """What would become of the items, in one call for either mode; nothing is kept. Raises as `bulk` does."""
    refuse_if_overloaded()
    found = find_recipients(caller, wanted.items, None)
    one = _as_one(caller)
    items = tuple(transfer_command(one, item, _item_key(key, at), found) for at, item in enumerate(wanted.items))
    command = Bulk(**asked_by(caller, key, dry_run=True), mode=wanted.mode, items=items)
    admit_items(caller.user_id, len(items), None)
    with transaction(long=True) as connection:
        require_step_up(connection, caller, _amounts(wanted))
        outcome = post(connection, command)
    outcome.succeed()
    return Answer(200, {**_body(caller, wanted.mode, outcome.bulk), "dry_run": True})


def _atomic(caller: Caller, wanted: BulkRequest, key: RequestKey) -> Answer:
    refuse_if_overloaded()
    found = find_recipients(caller, wanted.items, key)
    items = tuple(transfer_command(_as_one(caller), item, key, found) for item in wanted.items)
    command = Bulk(**asked_by(caller, key), mode="atomic", items=items)
    taken = admit_items(caller.user_id, len(items), key, atomic=True)
    outcome = again_if_busy(lambda: _commit(caller, wanted, command))
    if taken and (outcome.refusal is None or outcome.replayed):
        give_items_back(caller.user_id, len(items))
    forget(outcome)
    outcome.succeed()
    return Answer(201, _body(caller, "atomic", outcome.bulk), outcome.replayed)


def _as_one(caller: Caller) -> Caller:
    """Who asks for the items: whether the second factor is needed is judged by the sum, not item by item."""
    return replace(caller, stepped_up=True)


def _amounts(wanted: BulkRequest) -> list[Money]:
    return [Money(item.amount, item.currency) for item in wanted.items]


def _commit(caller: Caller, wanted: BulkRequest, command: Bulk) -> Outcome:
    """The ledger keeps the answer; the key is claimed here, too, where the other mode looks for it."""
    with transaction(long=True) as connection:
        claimed = claim(connection, command.key, lease_s=0)
        outcome = post(connection, replace(command, key=claimed.key))
        if not outcome.replayed:
            require_step_up(connection, caller, _amounts(wanted))
        if not outcome.kept:
            outcome.succeed()  # raises: so the claim goes, too
    return outcome


def _independent(caller: Caller, wanted: BulkRequest, key: RequestKey) -> Answer:
    """Each item has a key that no client can name, made from the request's: a repeat, also one at the same moment, goes
    on where the first stopped. The answer is kept with the last step.
    """
    refuse_if_overloaded()
    with transaction() as connection:
        claimed = claim(connection, key, lease_s=0)
        if claimed.reply is None:
            require_step_up(connection, caller, _amounts(wanted))
    if claimed.reply is not None:
        return give(claimed.reply)
    key = claimed.key
    found = find_recipients(caller, wanted.items, _item_key(key, 0))
    one = _as_one(caller)
    items = [transfer_command(one, item, _item_key(key, place), found) for place, item in enumerate(wanted.items)]
    taken = admit_items(caller.user_id, len(items), items[0].key)
    outcomes = [outcome for call in _calls(items) for outcome in _post(caller, call)]
    if taken:
        give_items_back(caller.user_id, sum(outcome.transaction is not None for outcome in outcomes))
    answer = Answer(201, _body(caller, "independent", outcomes))
    if any(outcome.refusal is not None and outcome.refusal.retryable for outcome in outcomes):
        return answer  # not kept: a repeat tries those items again, and finds the others done
    with transaction() as connection:
        reply = keep(connection, key, answer)
    return give(reply)


def _item_key(key: RequestKey, place: int) -> RequestKey:
    return RequestKey(f"bulk {key.principal}", key.route, f"{place} {key.key}", key.fingerprint, key.request_id)


def _calls(items: list[Move]) -> Iterator[tuple[Move, ...]]:
    for start in range(0, len(items), _ITEMS_PER_CALL):
        yield tuple(items[start : start + _ITEMS_PER_CALL])


def _post(caller: Caller, call: tuple[Move, ...]) -> tuple[Outcome, ...]:
    """The call's own key is its first item's with another route: it answers like its items."""
    first = call[0].key
    own = RequestKey(f"{first.principal} call", first.route, first.key, first.fingerprint, first.request_id)
    outcome = post_now(Bulk(**asked_by(caller, own), mode="independent", items=call))
    if isinstance(outcome.refusal, IdempotencyKeyReused):
        raise outcome.refusal
    return outcome.bulk


def _body(caller: Caller, mode: str, outcomes: tuple[Outcome, ...] | list[Outcome]) -> dict[str, Any]:
    return {"object": "bulk", "mode": mode, "data": [_item(caller, outcome) for outcome in outcomes]}


def _item(caller: Caller, outcome: Outcome) -> dict[str, Any]:
    if outcome.refusal is not None:
        refusal = outcome.refusal
        return {"status": "failed", "error": {"code": refusal.code, "detail": refusal.detail, **refusal.facts()}}
    made = present(outcome.transaction, "an item is a transaction or a refusal")
    return {"status": "completed", "transaction": transaction_body(made, caller.user_id, sees_all=False)}
