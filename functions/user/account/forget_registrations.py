"""Forgets registrations that are over: who never proved the address leaves nothing, who did has an account."""

from functions.user.store import registrations
from paycore.database import transaction

# Whoever comes back later registers again; until then a new code can be asked for, and the mail with it is on its way.
KEPT_DAYS = 7


def forget_registrations(at_most: int) -> int:
    """Forgets one batch, the oldest; how many there were."""
    with transaction() as connection:
        return registrations.forget_old(connection, KEPT_DAYS, at_most)
