"""The oracle's capture, void and reversal."""

from paycore.ledger.continuations import Capture, Continuation, Reverse, Void
from tests.model.book import Account, Book, Facts, Held, Record, Refused
from tests.model.oracle_conversion import reverse_conversion
from tests.model.recording import record
from tests.model.rules import BALANCE_MAX, end_hold, judge, leg, make_room


def find(book: Book, command: Continuation) -> Record:
    """The earlier transaction, for who may touch it; a failed one is nobody's."""
    original = book.records.get(command.original_id)
    allowed = command.allowed
    if original is None or original.status == "failed":
        raise Refused("transaction_not_found", kept=False)
    if allowed is not None:
        source, target = original.shown["source_owner_id"], original.shown["target_owner_id"]
        nobody = original.target is None
        if not (
            ("source" in allowed.sides and allowed.user_id == source)
            or ("target" in allowed.sides and allowed.user_id == target)
            or ("sender of nobody" in allowed.sides and nobody and allowed.user_id == source)
        ):
            raise Refused("transaction_not_found", kept=False)
    return original


def capture(book: Book, command: Capture) -> Facts:
    """Takes a part or all of a hold; the rest ends with it unless it is told not to."""
    original = find(book, command)
    if original.kind != "hold":
        raise Refused("not_a_hold")
    held = book.holds[command.original_id]
    wanted = held.target or (command.target.wallet_id if command.target else None)
    if wanted is None:
        raise Refused("recipient_unknown")
    source, target = book.accounts[held.source], book.wallet(wanted, None)
    amount = held.remaining if command.amount is None else command.amount
    _judge_capture(held, source, target, amount)
    made = record(book, command, "capture", source, target, amount, source.currency, command.original_id)
    made.shown["description"] = original.shown["description"]
    ends = held.remaining if command.final else amount
    source.held -= ends
    made.shown["legs"] = [leg(source, -amount), leg(target, amount)]
    held.remaining -= ends
    held.captured += amount
    held.target = target.id
    if held.remaining == 0:
        held.state = "captured"
    original.become("partially_captured" if held.remaining else "captured")
    return made.shown


def _judge_capture(held: Held, source: Account, target: Account, amount: int) -> None:
    if held.state != "open" or held.overdue:
        raise Refused("hold_ended", state="expired" if held.state == "open" else held.state)
    if target.currency != source.currency:
        raise Refused("currency_mismatch")
    if target is source:
        raise Refused("same_wallet")
    if target.state == "closed":
        raise Refused("wallet_closed", wallet_id=target.id)
    for party, allowed in ((source, source.pays), (target, target.gets)):
        if not allowed:
            raise Refused("wallet_frozen", wallet_id=party.id)
    if amount > held.remaining:
        raise Refused("capture_exceeds_hold", remaining=held.remaining)
    if target.stripes == 1 and target.posted + amount > BALANCE_MAX:
        raise Refused("balance_out_of_range")


def void(book: Book, command: Void) -> Facts:
    """Gives up what remains, in every state of both wallets."""
    original = find(book, command)
    if original.kind != "hold":
        raise Refused("not_a_hold")
    held = book.holds[command.original_id]
    if held.state != "open" or held.overdue:
        raise Refused("hold_ended", state="expired" if held.state == "open" else held.state)
    target = book.accounts[held.target] if held.target else None
    source = book.accounts[held.source]
    made = record(book, command, "void", source, target, held.remaining, source.currency, command.original_id)
    end_hold(book, command.original_id, "voided")
    return made.shown


def reverse(book: Book, command: Reverse) -> Facts:
    """Brings back what a transfer or capture moved, all or in parts, never more; an admin: also funds, splits and, as a
    whole, conversions.
    """
    original = find(book, command)
    by_admin = command.allowed is None
    if by_admin and original.kind == "transfer" and "splits" in original.shown:
        return _reverse_split(book, command, original)
    if by_admin and original.kind == "conversion":
        return reverse_conversion(book, command, original)
    of_admins = original.kind in ("funds_added", "funds_deducted") and by_admin
    if not (original.kind in ("transfer", "capture") or of_admins) or "splits" in original.shown:
        raise Refused("not_reversible")
    amount = _reversible(command, original)
    assert original.target is not None, "only a split has several"
    payer, payee = original.target, original.source
    currency = original.shown["currency"]
    make_room(book, payer, amount)
    judge(payer, [(payee, amount)], amount, currency, None)
    made = record(book, command, "reversal", payer, payee, amount, currency, command.original_id)
    made.shown["legs"] = [leg(payer, -amount), leg(payee, amount)]
    original.reversed_minor += amount
    original.become("reversed" if original.reversed_minor == original.amount else "partially_reversed")
    return made.shown


def _reversible(command: Reverse, original: Record) -> int:
    """How much is to come back; raises where nothing, or less, remains."""
    remaining = original.amount - original.reversed_minor
    if remaining == 0:
        raise Refused("already_reversed")
    amount = remaining if command.amount is None else command.amount
    if amount > remaining:
        raise Refused("reversal_exceeds_remaining", remaining=remaining)
    return amount


def _reverse_split(book: Book, command: Reverse, original: Record) -> Facts:
    """Each target gives in proportion to what it still has; units that do not divide: to the largest remainders."""
    amount, payee, given = _reversible(command, original), original.source, original.given_back
    currency = original.shown["currency"]
    left = [(name, share - given.get(name, 0)) for name, share in original.shown["splits"]]
    total = sum(share for _, share in left)
    parts = {name: amount * share // total for name, share in left}
    by_remainder = sorted(left, key=lambda each: -(amount * each[1] % total))  # stable: else the earlier
    for name, _ in by_remainder[: amount - sum(parts.values())]:
        parts[name] += 1
    givers = [(book.accounts[name], part) for name, part in parts.items() if part]
    for giver, part in givers:
        make_room(book, giver, part)
        judge(giver, [(payee, amount)], part, currency, None)
    made = record(book, command, "reversal", None, payee, amount, currency, command.original_id)
    made.shown["splits"] = [(giver.id, part) for giver, part in givers]
    made.shown["legs"] = [*(leg(giver, -part) for giver, part in givers), leg(payee, amount)]
    for giver, part in givers:
        given[giver.id] = given.get(giver.id, 0) + part
    original.reversed_minor += amount
    original.become("reversed" if original.reversed_minor == original.amount else "partially_reversed")
    return made.shown
