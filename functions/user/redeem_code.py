"""Finds what a one-time code belongs to, and counts the try."""

from collections.abc import Callable, Sequence

from functions.user import attempts, codes
from functions.user.store import Connection, Record, one_time_codes, registrations

_CountTry = Callable[[Connection, Sequence[str]], None]


def redeem_registration(
    connection: Connection, email: str, code: str, kind: registrations.Kind, address: str
) -> Record | None:
    """The pending registration of `email` with this code, locked; None where there is none.

    A try of a mailed code, right or wrong, counts on every pending registration of the address, so the caller must
    commit either way. One from a source that has used up its own tries is not looked at and counts nothing.
    """
    live = registrations.lock_live(connection, email, kind, codes.ATTEMPTS_MAX)
    if kind == "self":
        live = _tried(connection, live, address, registrations.count_try)
    return _fitting(live, code)


def redeem_code(
    connection: Connection, user_id: str, code: str, purpose: one_time_codes.Purpose, address: str
) -> Record | None:
    """The person's code of this purpose, locked; None where there is none. Tries count as those of registrations do."""
    live = one_time_codes.lock_live(connection, user_id, purpose, codes.ATTEMPTS_MAX)
    return _fitting(_tried(connection, live, address, one_time_codes.count_try), code)


def _tried(connection: Connection, live: Sequence[Record], address: str, count_try: _CountTry) -> list[Record]:
    left = attempts.take_each(connection, [attempts.tries_of_code(each.code_hmac, address) for each in live])
    tried = [each for each, is_left in zip(live, left, strict=True) if is_left]
    count_try(connection, [each.id for each in tried])
    return tried


def _fitting(live: Sequence[Record], code: str) -> Record | None:
    return next((each for each in live if codes.matches(each.id, code, each.code_hmac)), None)
