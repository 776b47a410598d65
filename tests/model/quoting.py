"""Asks both ledgers for a quote at the rates that all sequences share."""

from typing import Any

from paycore import ids
from paycore.money import EXPONENTS
from tests.model.oracle_conversion import make_quote
from tests.model.real import RATES, rate_id
from tests.model.scene import Scene


def ask_quote(scene: Scene, person: str, pair: tuple[str, str], amount: int) -> str:
    """The quote's id; there is none by it where both refuse."""
    quote_id, owner = ids.new("quo"), scene.people[person]
    wanted = {"quote_id": quote_id, "owner_id": owner, "amount": amount, "life_s": 60}
    wanted |= {"source_currency": pair[0], "target_currency": pair[1]}
    exponents = {"source_exponent": EXPONENTS[pair[0]], "target_exponent": EXPONENTS[pair[1]]}
    said: dict[str, Any] = scene.real.ask("make_quote", wanted | exponents)
    made = make_quote(quote_id, owner, pair, amount, RATES[pair], rate_id(*pair))
    if isinstance(made, str):
        assert said == {"refusal": {"code": made}}
    else:
        assert said["quote"]["target_amount"] == made.target_amount
        scene.oracle.book.quotes[quote_id] = made
    return quote_id
