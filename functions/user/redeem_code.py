"""Finds the registration that a one-time code belongs to, and counts the try."""

from functions.user import codes
from functions.user.store import Connection, Record, registrations


def redeem_code(connection: Connection, email: str, code: str, kind: registrations.Kind) -> Record | None:
    """The pending registration of `email` with this code, locked; None where there is none.

    A try counts on every pending registration of the address, right or wrong, so the caller must commit either way.
    """
    tried = registrations.count_try(connection, email, kind, codes.ATTEMPTS_MAX)
    return next((each for each in tried if codes.matches(each.id, code, each.code_hmac)), None)
