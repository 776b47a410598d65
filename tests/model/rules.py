"""The oracle's rules: who may pay whom how much, in the order in which the ledger checks."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from paycore.ledger.commands import Command, Hold, Spending
from tests.model.book import Account, Book, Limits, Refused, Spent

BALANCE_MAX = 9 * 10**18
STRIPE_MAX = BALANCE_MAX // 64
STEP_UP_ABOVE = 1_000_000  # minor units, in a currency for which nobody set another limit


def judge(
    payer: Account, payees: list[tuple[Account, int]], amount: int, currency: str, command: Spending | None
) -> None:
    """Raises the first refusal: same wallet, currency, closed, frozen, version, funds, range, conditions."""
    parties = [payer, *(payee for payee, _ in payees)]
    if payer in parties[1:]:
        raise Refused("same_wallet")
    if any(party.currency != currency for party in parties):
        raise Refused("currency_mismatch")
    judge_states(payer, parties[1:])
    if command is not None and command.expected_version not in (None, payer.version):
        raise Refused("version_conflict", wallet_id=payer.id, version=payer.version)
    judge_funds(payer, amount)
    judge_range([(payer, -amount), *payees])
    if command is not None:
        judge_conditions(command, payer, amount)


def judge_conditions(command: Spending, payer: Account, amount: int) -> None:
    """The payer's own, about what the movement leaves; what is held is posted still, unless it is for nobody yet."""
    held = isinstance(command, Hold) and command.target is not None
    left = {"available": payer.available - amount, "posted": payer.posted - (0 if held else amount)}
    for place, wanted in enumerate(command.conditions):
        balance = left[wanted.kind]
        if balance < wanted.value if wanted.op == "at_least" else balance > wanted.value:
            raise Refused("balance_condition_failed", wallet_id=payer.id, condition=place, balance=balance)


def judge_range(changes: list[tuple[Account, int]]) -> None:
    """The last check. It is each stripe's, and the oracle keeps striped wallets far from it."""
    if any(abs(party.posted + change) > BALANCE_MAX for party, change in changes if party.stripes == 1):
        raise Refused("balance_out_of_range")


def judge_states(payer: Account, payees: list[Account]) -> None:
    """Closed comes before frozen, the payer before the others."""
    for party in (payer, *payees):
        if party.state == "closed":
            raise Refused("wallet_closed", wallet_id=party.id)
    for party, allowed in ((payer, payer.pays), *((payee, payee.gets) for payee in payees)):
        if not allowed:
            raise Refused("wallet_frozen", wallet_id=party.id)


def judge_funds(payer: Account, amount: int) -> None:
    """Our own accounts have no floor."""
    if payer.kind == "wallet" and payer.available < amount:
        raise Refused("insufficient_funds", wallet_id=payer.id, short_by=amount - payer.available)


def judge_external_id(book: Book, claimed: tuple[str, str, str] | None) -> None:
    """Once per owner, for ever; once more for the funds that admins move."""
    if claimed is not None and claimed in book.external_ids:
        raise Refused("duplicate_external_id", transaction_id=book.external_ids[claimed])


def make_room(book: Book, payer: Account, amount: int, command: Spending | None = None) -> None:
    """A debit that lacks funds, or would leave less than the payer wants, first ends the wallet's overdue holds."""
    wanted = command.conditions if command is not None else ()
    left = max([0, *(each.value for each in wanted if (each.kind, each.op) == ("available", "at_least"))])
    if payer.kind == "wallet" and payer.available < amount + left:
        for name, held in book.open_holds_of(payer.id):
            if held.overdue:
                end_hold(book, name, "expired")


def end_hold(book: Book, name: str, how: str) -> None:
    """What remains is the payer's again; no entry, since nothing moved."""
    held = book.holds[name]
    payer = book.accounts[held.source]
    payer.held -= held.remaining
    payer.version += 1
    held.remaining = 0
    held.state = how
    book.records[name].become(how)


def judge_step_up(book: Book, command: Command, currency: str, amount: int) -> None:
    """Above the limit nothing moves for somebody who has not just shown a second factor; the key stays free."""
    if command.unconfirmed and amount > book.step_up_above.get(currency, STEP_UP_ABOVE):
        raise Refused("step_up_required", kept=False)


def spend(book: Book, command: Spending, payer: Account, amount: int, refusal: Refused | None) -> None:
    """Every attempt counts in the hour, only money that moves in day and month; raises `refusal` or one of its own.

    What lacks a second factor only is no attempt.
    """
    if refusal is None:
        judge_step_up(book, command, payer.currency, amount)
    limits = _limits(book, command, payer.currency)
    if limits is not None:
        spent = book.spent.setdefault((str(payer.owner), payer.currency), Spent())
        if limits.per_hour is not None and spent.attempts >= limits.per_hour:
            raise Refused("rate_limited", kept=False)
        spent.attempts += 1
        refusal = refusal or _beyond(limits, spent, amount)
        if refusal is None:
            spent.day += amount
            spent.month += amount
    if refusal is not None:
        raise refusal


def _limits(book: Book, command: Spending, currency: str) -> Limits | None:
    """Those of the role, and of the unverified where the payer is; None where neither has any, and for admins."""
    if command.limit_role is None:
        return None
    roles = (command.limit_role, "unverified") if command.unverified else (command.limit_role,)
    found = [book.limits[role, currency] for role in roles if (role, currency) in book.limits]
    return reduce(Limits.and_also, found) if found else None


def _beyond(limits: Limits, spent: Spent, amount: int) -> Refused | None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = today + timedelta(days=1)
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for name, allowed, used, ends in (
        ("per_transaction", limits.per_transaction, 0, None),
        ("per_day", limits.per_day, spent.day, tomorrow),
        ("per_month", limits.per_month, spent.month, next_month),
    ):
        if allowed is not None and used + amount > allowed:
            shown = ends.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if ends else None
            return Refused("limit_exceeded", limit=name, allowed=allowed, used=used, resets_at=shown)
    return None


def leg(account: Account, amount: int) -> dict[str, Any]:
    """Moves the money of one side, and tells it: a striped account tells no balance and no version."""
    account.posted += amount
    account.version += 1
    plain = account.stripes == 1
    return {
        "account_id": account.id,
        "owner_id": account.owner,
        "amount": amount,
        "balance_after": account.posted if plain else None,
        "version": account.version if plain else None,
    }
