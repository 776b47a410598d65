"""What the ledger desk's story does not tell: a reference, a conversion, a closed wallet; and whatever else is in order."""

from dataclasses import replace

from paycore import ids
from paycore.ledger.commands import Convert, Share, Wallet
from paycore.ledger.compound import Bulk, Close
from paycore.ledger.continuations import Reverse
from paycore.ledger.post import AnyCommand
from tests.integration.ledger_crowd import common, hold, move
from tests.integration.ledger_desk import LedgerDesk

_RATE = "INSERT INTO ledger.exchange_rate VALUES ('rate_more', 'EUR', 'USD', 1, 'usr_crowd') ON CONFLICT DO NOTHING"
_QUOTE = """
INSERT INTO ledger.quote (id, owner_id, rate_id, rate, source_currency, target_currency, source_amount_minor,
                          target_amount_minor, truncated_minor, residue, expires_at)
VALUES (:id, 'usr_crowd', 'rate_more', 1, 'EUR', 'USD', 100, 100, 99, 0, now() + interval '1 h')
"""


def tell_more(desk: LedgerDesk) -> None:
    """Anna pays Cleo under a reference, and changes money at a quote; Carl's wallet is closed."""
    desk.open("uma", currency="USD")
    desk.open("carl")
    anna, cleo, carl = (desk.names[name] for name in ("anna", "cleo", "carl"))
    desk.ask(replace(move(anna, cleo, 5), external_id="order 1")).succeed()
    desk.names["changed"] = convert(desk)
    desk.ask(Close(**common(), wallet=Wallet(carl))).succeed()


def convert(desk: LedgerDesk) -> str:
    """Anna changes 1.00 EUR at a quote of its own."""
    quote_id = quote(desk)
    source, target = Wallet(desk.names["anna"]), Wallet(desk.names["uma"])
    return desk.ask(Convert(**common(), quote_id=quote_id, source=source, target=target)).completed().id


def quote(desk: LedgerDesk) -> str:
    """One that nobody has used."""
    desk.sql(_RATE)
    quote_id = ids.new("quo")
    desk.sql(_QUOTE, id=quote_id)
    return quote_id


def tell_what_is_in_order(desk: LedgerDesk) -> None:
    """Refusals that name a reference, another currency or a split; what came back; limits, reopened wallets, bulks."""
    anna, ben, uma, sam = (desk.names[name] for name in ("anna", "ben", "uma", "sam"))
    shares = (Share(Wallet(ben), 10**12), Share(Wallet(sam), 1))
    refused: list[AnyCommand] = [
        replace(move(anna, ben, 10**12), external_id="order 2"),
        replace(move(anna, uma, 1), external_id="order 3"),
        replace(move(anna, ben, 10**12 + 1), target=None, shares=shares),
        replace(hold(anna, ben, 10**12), external_id="order 4"),
        hold(anna, uma, 1),
        Bulk(**common(), mode="atomic", items=(replace(move(anna, ben, 1), external_id="order 5"), move(anna, uma, 1))),
    ]
    for command in refused:
        assert desk.ask(command).refusal is not None
    quote(desk)
    for original in (convert(desk), desk.names["shared"]):
        desk.ask(Reverse(**common(), original_id=original, allowed=None, reason="test")).succeed()
    desk.ask(replace(hold(anna, ben, 2), target=None, external_id="order 2")).succeed()
    items = tuple(replace(move(anna, ben, 1), external_id=f"item {number}") for number in range(2))
    for mode in ("atomic", "independent"):
        items = tuple(replace(item, **common(), external_id=f"{mode} {item.external_id}") for item in items)
        desk.ask(Bulk(**common(), mode=mode, items=items)).succeed()
    desk.change("carl", "reopen")
    desk.change("sam", "limit", credit_limit=1000)
    desk.ask(move(sam, ben, 500)).succeed()
