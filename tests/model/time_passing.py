"""As if time had passed, for both ledgers: nobody waits for it."""

from tests.model.book import Quote
from tests.model.scene import Scene

# What was counted belongs to an earlier period then.
_TURNED = {
    "hour": "UPDATE ledger.spending SET hour = hour - interval '1 hour' WHERE owner_id = :owner",
    "day": "UPDATE ledger.spending SET hour = hour - interval '1 day', day = day - 1 WHERE owner_id = :owner",
    "month": """UPDATE ledger.spending SET hour = hour - interval '1 month', day = day - interval '1 month',
                                           month = month - interval '1 month' WHERE owner_id = :owner""",
}


def turn(scene: Scene, person: str, period: str) -> None:
    """An hour, a day or a month passes for what a person has spent."""
    owner = scene.people[person]
    scene.real.sql(_TURNED[period], owner=owner)
    for (spender, _), spent in scene.oracle.book.spent.items():
        if spender == owner:
            spent.turn(period)


def make_overdue(scene: Scene, hold_id: str) -> None:
    """A hold is over its time; nobody has ended it yet."""
    held = scene.oracle.book.holds.get(hold_id)
    if held is not None and held.state == "open":
        held.overdue = True
        past = "UPDATE ledger.hold SET expires_at = clock_timestamp() - interval '1 s' WHERE transaction_id = :id"
        scene.real.sql(past, id=hold_id)


def end_quote(scene: Scene, quote: Quote) -> None:
    """The time of a quote is over."""
    quote.expired = True
    past = "UPDATE ledger.quote SET expires_at = clock_timestamp() WHERE id = :id"
    scene.real.sql(past, id=quote.id)
