"""What the oracle does to a wallet as a whole: close with a sweep, freeze, reopen, limit, stripes."""

from typing import Any

from paycore.ledger.compound import Close
from paycore.money import AMOUNT_MINOR_MAX
from tests.model.book import Account, Book, Facts, Refused
from tests.model.recording import record
from tests.model.rules import STRIPE_MAX, end_hold, judge_range, judge_step_up, leg, make_room

_FREEZES = {
    "debit": {"active": "debit_frozen", "debit_frozen": "debit_frozen"},
    "credit": {"active": "credit_frozen", "credit_frozen": "credit_frozen"},
    "both": {},
}


def close(book: Book, command: Close) -> Facts | None:
    """Its money goes to a wallet of the same owner and currency. Overdue holds do not keep it open."""
    wallet = book.wallet(command.wallet.wallet_id, command.wallet.owned_by)
    heir = None
    if command.sweep_to is not None:
        heir = book.wallet(command.sweep_to, wallet.owner)
    if command.expected_version not in (None, wallet.version):
        raise Refused("version_conflict", wallet_id=wallet.id, version=wallet.version)
    for name, held in book.open_holds_of(wallet.id):
        if held.overdue:
            end_hold(book, name, "expired")
    _judge(book, wallet, heir)
    judge_step_up(book, command, wallet.currency, wallet.posted)
    told = None
    if wallet.posted > 0 and heir is not None:
        amount = wallet.posted
        made = record(book, command, "sweep", wallet, heir, amount, wallet.currency)
        made.shown["legs"] = [leg(wallet, -amount), leg(heir, amount)]
        told = made.shown
    wallet.state = "closed"
    wallet.version += wallet.stripes
    return told


def _judge(book: Book, wallet: Account, heir: Account | None) -> None:
    if heir is wallet:
        raise Refused("same_wallet")
    if wallet.state == "closed":
        raise Refused("wallet_closed", wallet_id=wallet.id)
    if wallet.state != "active":
        raise Refused("wallet_frozen", wallet_id=wallet.id)
    if wallet.posted < 0 or (wallet.posted > 0 and heir is None) or wallet.held or book.pending_in(wallet.id):
        raise Refused("wallet_not_empty")
    if wallet.posted > AMOUNT_MINOR_MAX:
        raise Refused("balance_out_of_range")
    if heir is not None:
        if heir.currency != wallet.currency:
            raise Refused("currency_mismatch")
        if heir.state == "closed":
            raise Refused("wallet_closed", wallet_id=heir.id)
        if not heir.gets:
            raise Refused("wallet_frozen", wallet_id=heir.id)
        judge_range([(heir, wallet.posted)])


def change_wallet(book: Book, wanted: dict[str, Any]) -> tuple[str, Facts] | None:
    """Null, or the refusal."""
    try:
        _change(book, wanted)
    except Refused as refused:
        return refused.code, refused.facts
    return None


def _change(book: Book, wanted: dict[str, Any]) -> None:
    wallet = book.wallet(wanted["wallet_id"], wanted.get("owned_by"))
    action, expected = wanted["action"], wanted.get("expected_version")
    if expected is not None and expected != wallet.version:
        raise Refused("version_conflict", wallet_id=wallet.id, version=wallet.version)
    if action == "reopen" and wallet.state != "closed":
        raise Refused("invalid_state", state=wallet.state)
    if action != "reopen" and wallet.state == "closed":
        raise Refused("wallet_closed", wallet_id=wallet.id)
    match action:
        case "freeze":
            wallet.state = _FREEZES[wanted["direction"]].get(wallet.state, "frozen")
        case "unfreeze" | "reopen":
            wallet.state = "active"
        case "limit":
            wallet.credit_limit, before = wanted["credit_limit"], wallet.credit_limit
            make_room(book, wallet, 0)
            if wallet.available < 0:
                short_by, wallet.credit_limit = -wallet.available, before
                raise Refused("insufficient_funds", wallet_id=wallet.id, short_by=short_by)
        case "stripe":
            if wallet.posted > STRIPE_MAX:
                raise Refused("balance_out_of_range")
            added = max(wallet.stripes, wanted["stripes"]) - wallet.stripes
            wallet.stripes += added
            wallet.version += added
    wallet.version += wallet.stripes
