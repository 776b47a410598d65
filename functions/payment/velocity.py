"""How many cards somebody may try: who tests stolen numbers soon has to wait (correctness.md Z10).

Each number that is saved costs a try, whatever the processor says of it; cards that are declined stop payments.
"""

from functions.payment.store import Connection, payments
from paycore import attempts
from paycore.database import transaction
from paycore.errors import RateLimited

CARDS_MAX = 20
CARDS_WINDOW_S = 24 * 60 * 60
DECLINES_MAX = 10
DECLINES_WINDOW_S = 60 * 60


def admit_card(owner_id: str) -> None:
    """Takes a try at saving a card, in a commit of its own; raises RateLimited."""
    with transaction() as connection:
        wait = attempts.take(connection, _cards_of(owner_id), CARDS_MAX, CARDS_WINDOW_S)
    if wait is not None:
        raise RateLimited(retry_after_s=wait.seconds)


def give_card_back(owner_id: str) -> None:
    """It was no try: the processor did not answer."""
    with transaction() as connection:
        attempts.give_back(connection, _cards_of(owner_id))


def refuse_after_declines(connection: Connection, owner_id: str) -> None:
    """Raises RateLimited where too many payments of this person were declined lately, on whatever cards.

    Payments under way are not counted yet, so as many as are asked for at the same moment may pass beyond it.
    """
    wait_s = payments.wait_after_declines(connection, owner_id, DECLINES_MAX, DECLINES_WINDOW_S)
    if wait_s is not None:
        raise RateLimited(retry_after_s=wait_s)


def _cards_of(owner_id: str) -> str:
    return f"card:{owner_id}"
