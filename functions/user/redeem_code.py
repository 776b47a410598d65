"""Finds what a one-time code belongs to, and counts the try."""

from collections.abc import Sequence

from functions.user import attempts, codes
from functions.user.store import Connection, Record, email_changes, one_time_codes, registrations


def redeem_registration(
    connection: Connection, email: str, code: str, kind: registrations.Kind, address: str
) -> Record | None:
    """The pending registration of `email` with this code, locked; None where there is none.

    A try of a mailed code, right or wrong, counts for its source on every pending registration of the address, so the
    caller must commit either way. One from a source that has used up its own tries is not looked at. Nobody's tries
    use up another's (docs/decisions/0028).
    """
    waiting = registrations.lock_tried(connection, email, kind, codes.LIFE_MINUTES)
    found = _fitting(_tried(connection, waiting, address) if kind == "self" else waiting, code)
    return found if found is not None and found.is_live else None


def redeem_code(
    connection: Connection,
    user_id: str,
    code: str,
    purpose: one_time_codes.Purpose,
    address: str,
    *,
    phone: str | None = None,
) -> Record | None:
    """The person's code of this purpose, locked; None where there is none. Tries count as those of registrations do.

    `phone`: the number that a code of a phone must have been sent to.
    """
    live = one_time_codes.lock_live(connection, user_id, purpose)
    return _fitting(_tried(connection, live, address), code, phone)


def redeem_email_change(connection: Connection, user_id: str, code: str, address: str) -> Record | None:
    """The person's open change of address, locked, if the code is its own. Tries count as those of registrations do."""
    open_change = email_changes.lock_open(connection, user_id)
    return _fitting(_tried(connection, [open_change] if open_change else [], address), code)


def _tried(connection: Connection, live: Sequence[Record], address: str) -> list[Record]:
    left = attempts.take_each(connection, [attempts.tries_of_code(each.code_hmac, address) for each in live])
    return [each for each, is_left in zip(live, left, strict=True) if is_left]


def _fitting(live: Sequence[Record], code: str, phone: str | None = None) -> Record | None:
    return next((each for each in live if codes.matches(each.id, code, each.code_hmac, phone)), None)
