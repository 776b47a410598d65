"""The oracle's quotes and conversions: two zero-sum groups that meet in our own accounts."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

from paycore.ledger.commands import Convert
from paycore.ledger.continuations import Reverse
from paycore.money import AMOUNT_MINOR_MAX, EXPONENTS
from tests.model.book import Account, Book, Facts, Quote, Record, Refused
from tests.model.recording import record
from tests.model.rules import judge, judge_range, judge_states, leg, make_room, spend


def make_quote(
    quote_id: str, owner: str, pair: tuple[str, str], amount: int, rate: Decimal, rate_id: str
) -> Quote | str:
    """Half-even in minor units of the target; a code where too much would come out, or rounding would tell."""
    source, target = pair
    exact = Decimal(amount) * rate * Decimal(10) ** (EXPONENTS[target] - EXPONENTS[source])
    rounded = exact.to_integral_value(ROUND_HALF_EVEN)
    if abs(exact - rounded) > exact * Decimal("0.005"):
        return "conversion_too_small"
    if rounded > AMOUNT_MINOR_MAX:
        return "amount_out_of_range"
    truncated = int(exact.to_integral_value(ROUND_DOWN))
    return Quote(
        quote_id, owner, rate, rate_id, source, target, amount, int(rounded), truncated, residue=exact - rounded
    )


def convert(book: Book, command: Convert) -> Facts:
    """At the quote's amounts, once; what rounding adds comes from the rounding account."""
    quote = book.quotes.get(command.quote_id)
    if quote is None or quote.owner != command.actor_id:
        raise Refused("quote_not_found", kept=False)
    payer = book.wallet(command.source.wallet_id, command.source.owned_by)
    payee = book.wallet(command.target.wallet_id, command.target.owned_by)
    if quote.used:
        raise Refused("quote_used")
    if quote.expired:
        raise Refused("quote_expired")
    make_room(book, payer, quote.source_amount, command)
    made = record(book, command, "conversion", payer, payee, quote.source_amount, quote.source_currency)
    refusal = None
    try:
        _judge(payer, payee, quote, command)
    except Refused as refused:
        refusal = refused
    try:
        spend(book, command, payer, quote.source_amount, refusal)
    except Refused as refused:
        made.shown |= {"status": "failed", "posted": False}
        made.status = "failed"
        if not refused.kept:
            del book.records[command.transaction_id]
        raise
    quote.used = True
    made.shown["legs"] = _legs(book, quote, payer, payee)
    made.shown["conversion"] = _told(quote)
    return made.shown


def reverse_conversion(book: Book, command: Reverse, original: Record) -> Facts:
    """Every leg the other way, once and as a whole."""
    told, target = original.shown["conversion"], original.target
    assert target is not None, "a conversion has one target"
    amount, currency = told["target_amount"], told["target_currency"]
    if original.reversed_minor:
        raise Refused("already_reversed")
    if command.amount not in (None, amount):
        raise Refused("reversal_is_whole", amount=amount)
    make_room(book, target, amount)
    judge_states(target, [original.source])
    judge(target, [], amount, currency, None)
    judge_range([(original.source, told["source_amount"])])
    made = record(book, command, "reversal", target, original.source, amount, currency, command.original_id)
    moved = reversed(original.shown["legs"])
    made.shown["legs"] = [leg(book.accounts[each["account_id"]], -each["amount"]) for each in moved]
    original.reversed_minor = amount
    original.become("reversed")
    return made.shown


def _judge(payer: Account, payee: Account, quote: Quote, command: Convert) -> None:
    if payer.currency != quote.source_currency or payee.currency != quote.target_currency:
        raise Refused("currency_mismatch")
    judge_states(payer, [payee])
    judge(payer, [], quote.source_amount, quote.source_currency, command)
    judge_range([(payee, quote.target_amount)])


def _legs(book: Book, quote: Quote, payer: Account, payee: Account) -> list[Facts]:
    moves = [
        (payer, -quote.source_amount),
        (book.system("fx", quote.source_currency), quote.source_amount),
        (book.system("fx", quote.target_currency), -quote.truncated),
        (book.system("rounding", quote.target_currency), quote.truncated - quote.target_amount),
        (payee, quote.target_amount),
    ]
    return [leg(account, amount) for account, amount in moves if amount]


def _told(quote: Quote) -> Facts:
    return {
        "quote_id": quote.id,
        "rate_id": quote.rate_id,
        "rate": f"{quote.rate.normalize():f}",
        "source_amount": quote.source_amount,
        "source_currency": quote.source_currency,
        "target_amount": quote.target_amount,
        "target_currency": quote.target_currency,
        "rounding": "half_even",
        "residue": f"{quote.residue.normalize():f}" if quote.residue else "0",
    }
