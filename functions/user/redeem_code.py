"""Finds the registration that a one-time code belongs to, and counts the try."""

from functions.user import attempts, codes
from functions.user.store import Connection, Record, registrations


def redeem_code(connection: Connection, email: str, code: str, kind: registrations.Kind, address: str) -> Record | None:
    """The pending registration of `email` with this code, locked; None where there is none.

    A try of a mailed code, right or wrong, counts on every pending registration of the address, so the caller must
    commit either way. One from a source that has used up its own tries is not looked at and counts nothing.
    """
    tried = registrations.lock_live(connection, email, kind, codes.ATTEMPTS_MAX)
    if kind == "self":
        left = attempts.take_each(connection, [attempts.tries_of_code(each.code_hmac, address) for each in tried])
        tried = [each for each, is_left in zip(tried, left, strict=True) if is_left]
        registrations.count_try(connection, [each.id for each in tried])
    return next((each for each in tried if codes.matches(each.id, code, each.code_hmac)), None)
